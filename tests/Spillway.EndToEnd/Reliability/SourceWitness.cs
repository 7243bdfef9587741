using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Spillway.EndToEnd.Sources;
using Spillway.Watch.Checking;

namespace Spillway.EndToEnd.Reliability;

/// <summary>Reads the source's own playlists, so that what it delivered can be held against what viewers were given.</summary>
internal sealed partial class SourceWitness : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly OwncastSource _source;
    private readonly Func<TimeSpan> _now;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, List<Delivered>> _delivered = new(StringComparer.Ordinal) { ["0"] = [], ["1"] = [] };
    private readonly Task _run;

    private SourceWitness(OwncastSource source, Func<TimeSpan> now)
    {
        (_source, _now) = (source, now);
        _run = RunAsync();
    }

    /// <param name="source">One that is not started again: its files stay, since it never deletes any.</param>
    /// <param name="now">The clock of the witness whose listings will be compared.</param>
    public static SourceWitness Watch(OwncastSource source, Func<TimeSpan> now) => new(source, now);

    /// <summary>
    /// Compares by content. What was delivered before the first or after the last that is listed does not count: nobody could have
    /// it, or it is on its way.
    /// </summary>
    public async Task<SourceBalance> CompareAsync(IReadOnlyDictionary<string, IReadOnlyList<Listing>> listings)
    {
        await _stopping.CancelAsync();
        await _run;
        var (delivered, lost, gone, repeated) = (0, new List<string>(), 0, new List<string>());
        foreach (var (rendition, segments) in _delivered)
        {
            var listed = new Dictionary<string, Listing>(StringComparer.Ordinal);
            foreach (var listing in listings.GetValueOrDefault(rendition) ?? [])
            {
                if (HashInName().Match(listing.Segment.Uri) is not { Success: true } match)
                    continue;
                var hash = match.Groups[1].Value;
                if (!listed.TryAdd(hash, listing))
                    repeated.Add(
                        $"rendition {rendition}: number {listing.Segment.Number} repeats {listed[hash].Segment.Number}: {listing.Segment.Uri}"
                    );
            }
            var at = segments
                .Select(segment =>
                    listed.TryGetValue(Hash(Path.Combine(_source.Folder, rendition, segment.File)), out var listing)
                        ? listing.FirstReceived
                        : (TimeSpan?)null
                )
                .ToList();
            var (first, last) = (
                at.FindIndex(static time => time is not null),
                at.FindLastIndex(static time => time is not null)
            );
            if (first < 0)
                continue;
            delivered += last - first + 1;
            for (var index = first; index < last; index++)
            {
                if (at[index] is not null)
                    continue;
                var goneAt = segments[index].GoneAt ?? TimeSpan.MaxValue;
                // The writer listed a later one while the source still showed this one: it passed it over.
                if (at.Skip(index + 1).Any(time => time < goneAt))
                    lost.Add($"rendition {rendition}: {segments[index].File}, delivered at {segments[index].At}");
                else
                    gone++;
            }
        }
        return new SourceBalance(delivered, lost, gone, repeated);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _run;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            foreach (var (rendition, segments) in _delivered)
                await LookAsync(Path.Combine(_source.Folder, rendition, "stream.m3u8"), segments);
            await Task.Delay(s_interval, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(string playlist, List<Delivered> segments)
    {
        string text;
        try
        {
            await using var file = new FileStream(playlist, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            text = await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return;
        }
        // Written in place: a torn one ends early, which makes nothing gone and is read again soon.
        var names = text.Split('\n')[..^1].Where(static line => line.EndsWith(".ts", StringComparison.Ordinal)).ToList();
        if (names.Count == 0)
            return;
        foreach (var name in names.Where(name => !segments.Exists(segment => segment.File == name)))
            segments.Add(new Delivered(name, _now()));
        var first = segments.FindIndex(segment => segment.File == names[0]);
        for (var index = first - 1; index >= 0 && segments[index].GoneAt is null; index--)
            segments[index].GoneAt = _now();
    }

    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream))[..32];
    }

    [GeneratedRegex("-([0-9a-f]{32})\\.")]
    private static partial Regex HashInName();

    private sealed record Delivered(string File, TimeSpan At)
    {
        /// <summary>When the source no longer listed it.</summary>
        public TimeSpan? GoneAt { get; set; }
    }
}

/// <param name="Delivered">Segments of all renditions.</param>
/// <param name="Lost">Never listed though a later one was, while the source still showed them.</param>
/// <param name="Gone">The source had forgotten them before anybody could list on.</param>
/// <param name="Repeated">Listed under a second number.</param>
internal sealed record SourceBalance(int Delivered, IReadOnlyList<string> Lost, int Gone, IReadOnlyList<string> Repeated)
{
    public string Figures =>
        $"{Lost.Count} of {Delivered} source segments lost, {Gone} gone at the source, {Repeated.Count} repeated";

    public IEnumerable<string> Problems => Lost.Select(static lost => $"LOST {lost}").Concat(Repeated);
}
