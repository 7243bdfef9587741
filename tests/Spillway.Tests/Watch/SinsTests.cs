using System.Text.RegularExpressions;
using Spillway.Watch;

namespace Spillway.Tests.Watch;

/// <summary>Each sin is committed on a real web server, all at once, and <c>spillway watch</c>'s run is held against it.</summary>
public sealed partial class SinsTests(SinsTests.Watched watched) : IClassFixture<SinsTests.Watched>
{
    private static readonly Dictionary<string, (string Rule, string Severity, Action<Exchange> Commit)> s_sins = new()
    {
        ["another first line"] = ("A1", "error", static x => x.Replace("#EXTM3U\n", "#EXTM3U8\n")),
        ["a byte order mark"] = ("A2", "error", static x => x.Replace("#EXTM3U\n", "\uFEFF#EXTM3U\n")),
        ["a space at the end of a line"] = ("A3", "error", static x => x.Replace("#EXTINF:1.000,", "#EXTINF:1.000, ")),
        ["two target durations"] = (
            "A4",
            "error",
            static x => x.Replace("#EXT-X-TARGETDURATION:1\n", "#EXT-X-TARGETDURATION:1\n#EXT-X-TARGETDURATION:1\n")
        ),
        ["too low a version"] = ("A5", "error", static x => x.Replace("VERSION:6", "VERSION:2")),
        ["tags of a multivariant playlist"] = (
            "A6",
            "error",
            static x => x.Replace("#EXT-X-TARGETDURATION", "#EXT-X-SESSION-DATA:DATA-ID=\"a\",VALUE=\"b\"\n#EXT-X-TARGETDURATION")
        ),
        ["no target duration"] = ("A7", "error", static x => x.Replace("#EXT-X-TARGETDURATION:1\n", "")),
        ["an endless target duration"] = (
            "A7",
            "error",
            static x => x.Replace("TARGETDURATION:1\n", "TARGETDURATION:999999999999999999\n")
        ),
        ["a duration in words"] = ("A8", "error", static x => x.Replace("#EXTINF:1.000,", "#EXTINF:one,")),
        ["a number after the segments"] = ("A9", "error", static x => x.Text += x.IsMedia ? "#EXT-X-MEDIA-SEQUENCE:7\n" : ""),
        ["an attribute twice"] = (
            "A10",
            "error",
            static x => x.Replace("#EXT-X-TARGETDURATION", "#EXT-X-START:TIME-OFFSET=0,TIME-OFFSET=0\n#EXT-X-TARGETDURATION")
        ),
        ["a key without a method"] = (
            "A11",
            "error",
            static x => x.Replace("#EXT-X-TARGETDURATION", "#EXT-X-KEY:URI=\"k\"\n#EXT-X-TARGETDURATION")
        ),
        ["ranges beyond all numbers"] = (
            "A11",
            "error",
            static x => x.Replace("#EXTINF:1.000,", "#EXT-X-BYTERANGE:99999999999999999999@1\n#EXTINF:1.000,")
        ),
        ["a date without a zone"] = ("A12", "error", static x => x.Replace("Z\n", "\n")),
        ["a torn text"] = ("A13", "error", static x => x.Text = x.IsMedia ? x.Text[..^4] : x.Text),
        ["a start near the end"] = (
            "A15",
            "error",
            static x => x.Replace("#EXT-X-TARGETDURATION", "#EXT-X-START:TIME-OFFSET=-1\n#EXT-X-TARGETDURATION")
        ),
        ["a target duration that changes"] = (
            "B1",
            "error",
            Later(static x => x.Replace("TARGETDURATION:1", "TARGETDURATION:2"))
        ),
        ["segments longer than the target"] = ("B2", "error", static x => x.Replace("#EXTINF:1.000,", "#EXTINF:1.600,")),
        ["numbers that go back"] = ("B3", "error", Later(static x => x.Text = Numbers().Replace(x.Text, "SEQUENCE:3"))),
        ["numbers that stand still"] = ("B4", "error", static x => x.Text = Numbers().Replace(x.Text, "SEQUENCE:100")),
        ["durations that change"] = ("B5", "error", Later(static x => x.Replace("#EXTINF:1.000,", "#EXTINF:0.999,"))),
        ["the newest segment taken back"] = (
            "B6",
            "error",
            Later(static x => x.Text = LastEntry().Replace(LastEntry().Replace(x.Text, ""), ""))
        ),
        ["an EVENT that slides"] = (
            "B7",
            "error",
            static x => x.Replace("#EXT-X-TARGETDURATION", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-TARGETDURATION")
        ),
        ["too few segments left"] = (
            "B8",
            "error",
            static x => x.Text = LastEntry().Replace(LastEntry().Replace(x.Text, ""), "")
        ),
        ["a discontinuity number that goes back"] = (
            "B9",
            "error",
            Later(static x => x.Replace("DISCONTINUITY-SEQUENCE:5", "DISCONTINUITY-SEQUENCE:4"))
        ),
        ["no discontinuity number"] = ("B10", "warning", static x => x.Replace("#EXT-X-DISCONTINUITY-SEQUENCE:5\n", "")),
        ["nothing new"] = ("B11", "error", Frozen()),
        ["an end that is taken back"] = (
            "B12",
            "error",
            static x => x.Text += x is { IsMedia: true, Count: 5 or 6 } ? "#EXT-X-ENDLIST\n" : ""
        ),
        ["segments deleted at once"] = (
            "B13",
            "error",
            static x => x.Status = x.Segment < x.Count - SinfulServer.Window ? 404 : x.Status
        ),
        ["a header tag that goes away"] = ("B14", "error", Later(static x => x.Replace("#EXT-X-INDEPENDENT-SEGMENTS\n", ""))),
        ["no dates"] = ("C1", "error", static x => x.Text = Dates().Replace(x.Text, "")),
        ["dates in the wrong order"] = ("C2", "error", Later(static x => x.Replace("14:00:08", "14:00:01"))),
        ["dates that jump"] = ("C3", "error", static x => x.Replace("14:00:05", "14:00:35")),
        ["a break without a date"] = (
            "C4",
            "warning",
            static x => x.Text = x.IsMedia ? DatedSix().Replace(x.Text, "#EXT-X-DISCONTINUITY\n") : x.Text
        ),
        ["a segment that is not there"] = ("D1", "error", static x => x.Status = x.Segment == 5 ? 404 : x.Status),
        ["a segment that breaks off"] = (
            "D1",
            "error",
            static x => x.Headers["Content-Length"] = x.Segment == 5 ? "9000000" : $"{Length(x)}"
        ),
        ["durations that lie"] = ("D2", "error", static x => x.Replace("#EXTINF:1.000,", "#EXTINF:0.700,")),
        ["durations that lie a little"] = ("D3", "error", static x => x.Replace("#EXTINF:1.000,", "#EXTINF:0.920,")),
        ["media that jumps"] = ("D4", "error", static x => x.Body = x.Segment == 6 ? Watched.Media[2] : x.Body),
        ["packets that are missing"] = ("D5", "error", static x => x.Body = x.Segment == 5 ? x.Body[..^(3 * 188)] : x.Body),
        ["garbage for media"] = ("D7", "error", static x => x.Body = x.Segment == 5 ? new byte[1880] : x.Body),
        ["no keyframe at the beginning"] = (
            "D9",
            "error",
            static x => x.Body = x.Segment == 5 ? WithoutFirstPicture(x.Body) : x.Body
        ),
        ["no bandwidth"] = (
            "E1",
            "error",
            static x => x.Text = x.Text.Replace("BANDWIDTH=3000000,", "", StringComparison.Ordinal)
        ),
        ["no codecs"] = (
            "E2",
            "error",
            static x => x.Text = x.Text.Replace("CODECS=\"avc1.42c00c,mp4a.40.2\",", "", StringComparison.Ordinal)
        ),
        ["too low a bandwidth"] = (
            "E3",
            "error",
            static x =>
                x.Text = x.Text.Replace(
                    "=3000000,AVERAGE-BANDWIDTH=2000000",
                    "=9000,AVERAGE-BANDWIDTH=8000",
                    StringComparison.Ordinal
                )
        ),
        ["another codec"] = ("E4", "error", static x => x.Text = x.Text.Replace("mp4a.40.2", "ac-3", StringComparison.Ordinal)),
        ["another size"] = ("E5", "error", static x => x.Text = x.Text.Replace("320x180", "1920x1080", StringComparison.Ordinal)),
        ["a group that is not there"] = (
            "E6",
            "error",
            static x => x.Text = x.Text.Replace("FRAME-RATE=25.000", "FRAME-RATE=25.000,AUDIO=\"a\"", StringComparison.Ordinal)
        ),
        ["renditions of other target durations"] = (
            "E7",
            "error",
            InTheSecond(static x => x.Replace("TARGETDURATION:1", "TARGETDURATION:2"))
        ),
        ["renditions of other discontinuity numbers"] = (
            "E8",
            "error",
            InTheSecond(static x => x.Replace("DISCONTINUITY-SEQUENCE:5", "DISCONTINUITY-SEQUENCE:6"))
        ),
        ["a rendition that is behind"] = (
            "E9",
            "error",
            InTheSecond(static x => x.Text = SinfulServer.Media(Math.Max(SinfulServer.Window, x.Count - 6)))
        ),
        ["a rendition that goes on after the others' end"] = (
            "E10",
            "error",
            static x => x.Text += x is { Rendition: 1, IsMedia: true } ? "#EXT-X-ENDLIST\n" : ""
        ),
        ["a playlist of another type"] = ("F1", "warning", static x => x.Type = x.IsMedia ? "text/plain" : x.Type),
        ["a server that fails"] = ("F2", "error", Later(static x => x.Status = 500)),
        ["a page that may not read"] = ("F4", "error", static x => x.Headers.Remove("Access-Control-Allow-Origin")),
        ["a page that is echoed"] = (
            "F4",
            "error",
            static x => x.Headers["Access-Control-Allow-Origin"] = SinsTests.Watched.Origin
        ),
        ["a live playlist kept for a minute"] = (
            "F5",
            "error",
            static x => x.Headers["Cache-Control"] = x.IsMedia ? "max-age=60" : "max-age=31536000"
        ),
        ["segments of no type"] = ("F6", "error", static x => x.Type = x.Segment is null ? x.Type : "application/octet-stream"),
        ["a playlist moved elsewhere"] = ("F6", "error", Moved),
        ["an unknown tag"] = (
            "X2",
            "warning",
            static x => x.Replace("#EXT-X-TARGETDURATION", "#EXT-X-MOOD:GOOD\n#EXT-X-TARGETDURATION")
        ),
        ["an old answer"] = ("W1", "error", static x => x.Headers["Age"] = x.IsMedia ? "30" : "0"),
        ["durations that outrun the clock"] = ("W2", "error", static x => x.Replace("#EXTINF:1.000,", "#EXTINF:9.000,")),
    };

    public static TheoryData<string> Sins => [.. s_sins.Keys];

    [Theory]
    [MemberData(nameof(Sins))]
    public void Every_sin_is_found(string sin)
    {
        var (rule, severity, _) = s_sins[sin];
        var (summary, text) = watched.Of(sin);
        Assert.True(summary.Rules.Any(found => found.Rule == rule && found.Severity == severity), text);
        // What was found was told when it was, too.
        Assert.Matches($@"(?m)^\d\d:\d\d:\d\d {severity, -7} {rule} ", text);
    }

    [Fact]
    public void A_clean_stream_is_found_clean()
    {
        var (summary, text) = watched.Of(Watched.Clean);
        Assert.True(summary is { Errors: 0, Warnings: 0, Failures: 0 }, text);
        Assert.Equal(2, summary.Renditions);
        // As a player: not more often than once in half a target duration, and the last three segments at the start.
        Assert.InRange(summary.Reloads, 10, 40);
        Assert.InRange(summary.Segments, 10, 22);
        Assert.InRange(Math.Abs(summary.Drift!.Value), 0, 1.5);
        Assert.Null(summary.CacheHits);
    }

    [Fact]
    public void A_media_playlist_can_be_watched_by_itself()
    {
        var (summary, text) = watched.Of(Watched.Alone);
        Assert.True(summary is { Errors: 0, Warnings: 0, Renditions: 1 }, text);
        Assert.InRange(summary.Segments, 5, 11);
    }

    [Fact]
    public void An_address_with_no_playlist_is_a_breach()
    {
        var (summary, text) = watched.Of(Watched.Nothing);
        Assert.Equal("F2", Assert.Single(summary.Rules).Rule);
        Assert.Contains("there was never a media playlist: status 404", text, StringComparison.Ordinal);
    }

    /// <summary>From the sixth segment on, so that there is a before and an after.</summary>
    private static Action<Exchange> Later(Action<Exchange> sin) =>
        x =>
        {
            if (x.IsMedia && x.Count >= 6)
                sin(x);
        };

    private static Action<Exchange> InTheSecond(Action<Exchange> sin) =>
        x =>
        {
            if (x is { IsMedia: true, Rendition: 1 })
                sin(x);
        };

    private static Action<Exchange> Frozen()
    {
        var last = new Dictionary<int, string>();
        return x =>
        {
            if (!x.IsMedia)
                return;
            lock (last)
            {
                if (x.Count < 6 || !last.ContainsKey(x.Rendition!.Value))
                    last[x.Rendition!.Value] = x.Text;
                x.Text = last[x.Rendition!.Value];
            }
        };
    }

    private static void Moved(Exchange x)
    {
        if (x is { IsMedia: true, Rendition: 0 })
            (x.Status, x.Headers["Location"]) = (302, "../v1/playlist.m3u8");
    }

    private static int Length(Exchange x) => x.Segment is null ? System.Text.Encoding.UTF8.GetByteCount(x.Text) : x.Body.Length;

    /// <summary>Takes out the packets of the video's (ffmpeg's PID 256) first picture, which is the keyframe.</summary>
    private static byte[] WithoutFirstPicture(byte[] body)
    {
        var pictures = 0;
        return
        [
            .. body.Chunk(188)
                .Where(packet =>
                {
                    var isVideo = ((packet[1] & 0x1F) << 8 | packet[2]) == 256;
                    pictures += isVideo && (packet[1] & 0x40) != 0 ? 1 : 0;
                    return !isVideo || pictures > 1;
                })
                .SelectMany(static packet => packet),
        ];
    }

    [GeneratedRegex("(?<=MEDIA-)SEQUENCE:[0-9]+")]
    private static partial Regex Numbers();

    [GeneratedRegex("#EXT-X-PROGRAM-DATE-TIME:[^\n]*\n")]
    private static partial Regex Dates();

    [GeneratedRegex("#EXT-X-PROGRAM-DATE-TIME:[^\n]*:06.000Z\n")]
    private static partial Regex DatedSix();

    [GeneratedRegex("#EXT-X-PROGRAM-DATE-TIME:[^\n]*\n#EXTINF:[^\n]*\n[^\n]*\n$")]
    private static partial Regex LastEntry();

    /// <summary>One run a sin, at the same time, against one server.</summary>
    public sealed class Watched : IAsyncLifetime
    {
        public const string Clean = "no sin";
        public const string Alone = "no sin, one playlist";
        public const string Nothing = "nothing";
        public const string Origin = "https://player.example";

        private static readonly TimeSpan s_length = TimeSpan.FromSeconds(6.5);

        public static IReadOnlyList<byte[]> Media { get; private set; } = [];

        private readonly Dictionary<string, (WatchSummary Summary, string Text)> _results = [];

        internal (WatchSummary Summary, string Text) Of(string sin) => _results[sin];

        public async ValueTask InitializeAsync()
        {
            Media = await RecordAsync();
            var sins = s_sins.ToDictionary(static pair => Name(pair.Key), static pair => pair.Value.Commit);
            sins[Name(Clean)] = sins[Name(Alone)] = static _ => { };
            sins[Name(Nothing)] = static x => x.Status = 404;
            var pairs = s_sins
                .Where(static pair =>
                    pair.Value.Rule is "E7" or "E8" or "E9" or "E10" || pair.Key.Contains("elsewhere", StringComparison.Ordinal)
                )
                .Select(static pair => Name(pair.Key))
                .Append(Name(Clean))
                .ToHashSet(StringComparer.Ordinal);
            await using var server = await SinfulServer.StartAsync(sins, pairs, Media);
            using var client = WatchRun.Client();
            await Task.WhenAll(((string[])[.. s_sins.Keys, Clean, Alone, Nothing]).Select(sin => RunAsync(server, client, sin)));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task RunAsync(SinfulServer server, HttpClient client, string sin)
        {
            await using var text = new StringWriter();
            var address = server.At(Name(sin));
            var run = new WatchRun(
                new WatchSettings
                {
                    Address = sin == Alone ? new Uri(address, "v0/playlist.m3u8") : address,
                    Length = s_length,
                    Origin = Origin,
                },
                client,
                text,
                TimeProvider.System
            );
            var summary = await run.RunAsync(TestContext.Current.CancellationToken);
            lock (_results)
                _results[sin] = (summary, text.ToString());
        }

        private static string Name(string sin) =>
            sin.Replace(' ', '-').Replace("'", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);

        /// <summary>Sixteen seconds in segments of one.</summary>
        private static async Task<IReadOnlyList<byte[]>> RecordAsync()
        {
            var folder = Directory.CreateTempSubdirectory("spillway-watch-").FullName;
            try
            {
                await Ffmpeg.RunAsync(
                    folder,
                    [
                        .. "-f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine=r=48000 -t 24 -c:v libx264 -preset ultrafast -g 25".Split(
                            ' '
                        ),
                        .. "-keyint_min 25 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -f hls -hls_time 1 -hls_list_size 0".Split(
                            ' '
                        ),
                        .. "-hls_segment_filename s%d.ts list.m3u8".Split(' '),
                    ]
                );
                return [.. Enumerable.Range(0, 24).Select(i => File.ReadAllBytes(Path.Combine(folder, $"s{i}.ts")))];
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
