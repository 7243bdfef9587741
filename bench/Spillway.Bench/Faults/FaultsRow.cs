using System.Globalization;
using Spillway.Bench.Faults.Publishers;

namespace Spillway.Bench.Faults;

/// <summary>One publisher in one script. Times in seconds.</summary>
/// <param name="Missing">Segments that were listed while they could not be read.</param>
/// <param name="InVain">The longest that one of these was listed so.</param>
/// <param name="Never">Those of them that never came.</param>
/// <param name="Lost">Of the source's media: in nothing that was ever listed and readable.</param>
/// <param name="Pause">The longest without a new segment in the playlist.</param>
/// <param name="Starts">Of its process; of a model, how often it began from nothing.</param>
/// <param name="Seen">Segments listed in all.</param>
internal sealed record FaultsRow(
    string Script,
    string Publisher,
    int Missing,
    double InVain,
    int Never,
    double Lost,
    double Pause,
    int Starts,
    int Seen
)
{
    public const string Head = """
        | fault | publisher | listed while missing | longest, s | never came | lost, s | longest without a new one, s | starts |
        |---|---|---:|---:|---:|---:|---:|---:|
        """;

    /// <summary>Segments of the source before anything counts: processes start, a broadcast begins.</summary>
    private const int WarmUp = 5;

    /// <summary>Segments at the end that do not count: some publishers list one only when another follows.</summary>
    private const int Tail = 3;

    /// <summary>Neither lied nor lost anything.</summary>
    public bool IsFaultless => Missing == 0 && Lost == 0;

    /// <param name="source">The spans of what the source has played, in order.</param>
    /// <param name="segment">Length of one.</param>
    public static FaultsRow Of(
        FaultScript script,
        Publisher publisher,
        IReadOnlyList<MediaSpan> source,
        TimeSpan segment,
        IReadOnlyCollection<Sighting> sightings
    )
    {
        var missing = sightings.Where(static sighting => sighting.WasMissing).ToList();
        var had = sightings
            .Where(static sighting => sighting.WasHad)
            .Select(static sighting => sighting.Media)
            .OfType<MediaSpan>();
        var pause = Account.LongestPause(
            sightings.Select(static sighting => sighting.Listed),
            WarmUp * segment,
            (source.Count - Tail) * segment
        );
        return new FaultsRow(
            script.Words,
            publisher.Name,
            missing.Count,
            Seconds(missing.Select(static sighting => sighting.InVain).DefaultIfEmpty().Max()),
            missing.Count(static sighting => sighting.Readable is null),
            Seconds(Account.Lost(source.Skip(WarmUp).SkipLast(Tail), had)),
            Seconds(pause),
            publisher.Starts,
            sightings.Count
        );
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Script} | {Publisher} | {Missing} | {InVain:0.0} | {Never} | {Lost:0.0} | {Pause:0.0} | {Starts} |"
        );

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
