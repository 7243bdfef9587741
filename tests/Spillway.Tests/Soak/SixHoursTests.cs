using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Media;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Sources.Hls;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tests.Sources.Hls;
using Spillway.Tests.Storage;
using Spillway.Timeline;
using Spillway.Watch.Checking;

namespace Spillway.Tests.Soak;

/// <summary>
/// Hours of a live stream under a fast clock: a real folder source, real media and a real store. <c>make soak</c> runs it for six
/// hours; <c>HOURS=0.5 SEED=7</c> choose.
/// </summary>
[Trait("Speed", "soak")]
public sealed class SixHoursTests(ITestOutputHelper output)
{
    private static readonly double s_hours = Number("HOURS", 6);
    private static readonly int s_seed = (int)Number("SEED", 1);

    [Fact]
    public async Task Restarts_stalls_and_changes_of_format_for_hours_break_no_rule_and_lose_nothing()
    {
        var formats = new[]
        {
            await BothAsync("plain", "testsrc2=size=160x90", "testsrc2=size=96x54", "mpegts"),
            await BothAsync("again", "testsrc=size=160x90", "testsrc=size=96x54", "mpegts"),
            await BothAsync("larger", "testsrc2=size=192x108", "testsrc2=size=128x72", "mpegts"),
            await BothAsync("fragments", "testsrc2=size=160x90", "testsrc2=size=96x54", "fmp4"),
        };
        using var folder = new TestFolder();
        await using var store = new TestStore();
        using var stream = new LiveStream(
            "live",
            new StreamOptions { Source = folder.Path, Slate = StreamOptions.NoSlate },
            store.Line,
            conditional: true,
            new PlayerSettings(static _ => ["ws://{host}:3000/tracker/live"], [], static key => $"http://edge/{key}"),
            store.Clock.Time,
            NullLogger<LiveStream>.Instance
        );
        var events = Channel.CreateBounded<SourceEvent>(8);
        using var stop = new CancellationTokenSource();
        var source = new HlsSource(folder.Path, store.Clock.Time, NullLogger<HlsSource>.Instance);
        var following = source.RunAsync(events.Writer, stop.Token);
        var publishing = stream.RunAsync(events.Reader, stop.Token);
        var encoder = new UnsteadyEncoder(folder, store.Clock, formats, s_seed);

        await await Task.WhenAny(encoder.RunAsync(TimeSpan.FromHours(s_hours)), following, publishing);
        await store.Clock.Wait(90);
        await stop.CancelAsync();
        await Task.WhenAll(following, publishing)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        output.WriteLine(string.Join(", ", encoder.Faults.Select(static f => $"{f.Value} x {f.Key}")));
        Judge(store.Line.Puts, encoder.Delivered);
    }

    private void Judge(IReadOnlyList<SeenPut> puts, IReadOnlyList<Delivered> delivered)
    {
        var checker = new PlaylistChecker();
        var bodies = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var named = puts.Where(static put => put is { Key: "live/playlist.m3u8", Outcome: PutStatus.Stored })
            .SelectMany(static put => PlaylistParser.Parse(put.Body).Multivariant!.Variants)
            .Select(static variant => $"live/{variant.Uri}")
            .ToHashSet(StringComparer.Ordinal);
        var listed = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var highest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var put in puts.Where(static put => put.Outcome == PutStatus.Stored))
        {
            if (!put.Key.EndsWith(".m3u8", StringComparison.Ordinal))
            {
                bodies[put.Key] = put.Body;
                continue;
            }
            if (put.Key != "live/playlist.m3u8" && !named.Contains(put.Key))
                continue;
            var url = $"http://edge/{put.Key}";
            if (checker.Add(url, put.AnsweredAt, Encoding.UTF8.GetString(put.Body)) is not { IsMultivariant: false } text)
                continue;
            var folder = put.Key[..(put.Key.LastIndexOf('/') + 1)];
            foreach (var segment in text.Segments.Where(s => s.Number > highest.GetValueOrDefault(put.Key, -1)))
            {
                highest[put.Key] = segment.Number;
                if (segment.Gap)
                {
                    checker.AddMedia(url, segment, null);
                    continue;
                }
                var body = Assert.Contains(folder + segment.Uri, (IDictionary<string, byte[]>)bodies);
                var init = segment.MapUri is { } map ? Assert.Contains(folder + map, (IDictionary<string, byte[]>)bodies) : null;
                checker.AddMedia(url, segment, MediaInspector.Inspect(body, init));
                var rendition = folder.TrimEnd('/').Split('/')[^1];
                if (!listed.TryGetValue(rendition, out var hashes))
                    listed[rendition] = hashes = [];
                hashes.Add(segment.Uri.Split('-', '.')[1]);
            }
        }
        foreach (var rendition in delivered.Select(static d => d.Rendition).Distinct())
            AssertAllOnce(rendition, [.. delivered.Where(d => d.Rendition == rendition)], listed[rendition]);
        var seconds = delivered.Count * 2 / 2;
        output.WriteLine(
            $"{seconds / 3600.0:0.0} h of media in each of two renditions, {named.Count / 2} broadcasts, {puts.Count} PUTs, "
                + $"{checker.Findings.Count(static f => f.Severity == Severity.Warning)} warnings"
        );
        checker.AssertClean();
    }

    /// <summary>The same bytes come again in another run: what is compared is the order of all of them.</summary>
    private static void AssertAllOnce(string rendition, Delivered[] delivered, List<string> listed)
    {
        const int Ahead = 200;
        var (at, lost, strange) = (0, new List<string>(), new List<string>());
        foreach (var (index, segment) in delivered.Index())
        {
            var found = listed.FindIndex(at, Math.Min(Ahead, listed.Count - at), hash => hash == segment.Hash);
            // What is further away than its neighbours is another run's.
            if (
                found < 0
                || (found > at + 5 && index + 1 < delivered.Length && listed.IndexOf(delivered[index + 1].Hash, at) < found)
            )
            {
                lost.Add(segment.ToString());
                continue;
            }
            for (; at < found; at++)
                strange.Add($"{at} (delivered as {Array.FindIndex(delivered, d => d.Hash == listed[at])})");
            at++;
        }
        for (; at < listed.Count; at++)
            strange.Add($"{at}");
        Assert.True(
            lost.Count == 0 && strange.Count == 0,
            $"{rendition}: {delivered.Length} delivered, {listed.Count} listed.\n"
                + $"{lost.Count} lost: {string.Join("; ", lost.Take(12))}\n{strange.Count} listed out of order or again: {string.Join("; ", strange.Take(12))}"
        );
    }

    private static async Task<LongRecording[]> BothAsync(string kind, string large, string small, string type) =>
        await Task.WhenAll(LongRecording.MakeAsync(kind, large, type), LongRecording.MakeAsync(kind, small, type));

    private static double Number(string variable, double otherwise) =>
        double.TryParse(
            Environment.GetEnvironmentVariable(variable),
            System.Globalization.CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : otherwise;
}
