using System.Globalization;
using Microsoft.AspNetCore.Http;
using Spillway.Checks;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Tests.Media;
using Spillway.Tests.Sources.Hls;
using Spillway.Tests.Streams;
using Spillway.TestSupport;

namespace Spillway.Tests.Checks;

/// <summary>Sources of real media, made by ffmpeg, which do what sources do.</summary>
public sealed class SourceCheckTests(RealMedia media) : IAsyncDisposable
{
    private const string Group = "source";

    private readonly TestFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SpillwayOptions _options = Checked.Options();
    private Task _encoder = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _encoder.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_live_source_is_seen_with_its_codecs_and_keyframes()
    {
        var show = await Show.GetAsync(Show.Plain);
        Feed([.. Enumerable.Range(0, 8).Select(index => ($"s{index}.ts", show.Bytes[index], 1.0))]);
        var found = await RunAsync(_folder.Path);
        Assert.Empty(found.Trouble(Group));
        var said = found.AssertSaid(SourceFindings.Live, "avc1.").Seen;
        Assert.Contains("mp4a.40.2 160x90, segments of 1.0 s, keyframes at most 1.0 s apart", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_is_no_live_source()
    {
        var show = await Show.GetAsync(Show.Plain);
        var playlist = new LivePlaylist(_folder) { Ended = true };
        for (var index = 0; index < 4; index++)
            playlist.Add($"s{index}.ts", show.Bytes[index]);
        (await RunAsync(_folder.Path)).AssertOnly(SourceFindings.NotLive, Group, "ended", "live playlist");
    }

    [Fact]
    public async Task An_encoder_that_stands_still_is_found()
    {
        var show = await Show.GetAsync(Show.Plain);
        new LivePlaylist(_folder).Add("s0.ts", show.Bytes[0]);
        var found = await RunAsync(_folder.Path, TimeSpan.FromSeconds(1));
        found.AssertOnly(SourceFindings.NotLive, Group, "no new segment within 1 s", "runs");
    }

    [Theory]
    [InlineData("/nothing", "the folder does not exist")]
    [InlineData("", "there is no .m3u8 file in the folder")]
    public async Task A_folder_with_nothing_to_follow_is_found(string below, string seen) =>
        (await RunAsync(_folder.Path + below)).AssertOnly(SourceFindings.Unusable, Group, seen, "Check Source");

    [Fact]
    public async Task An_address_that_is_no_playlist_is_found()
    {
        await using var origin = await TestOrigin.StartAsync();
        origin["/page"] = static context => context.Response.WriteAsync("<html>Welcome</html>\n");
        (await RunAsync(origin.At("page").ToString())).AssertOnly(
            SourceFindings.Unusable,
            Group,
            "no HLS playlist",
            "Check Source"
        );
        (await RunAsync(origin.At("missing").ToString())).AssertOnly(SourceFindings.Unusable, Group, "HTTP 404", "Check Source");
        var dead = origin.At("page").ToString();
        await origin.DisposeAsync();
        (await RunAsync(dead)).AssertOnly(SourceFindings.Unusable, Group, "no connection", "Check Source");
    }

    [Fact]
    public async Task Owncast_without_a_streamer_is_a_note()
    {
        await using var origin = await TestOrigin.StartAsync();
        origin["/api/status"] = static context => context.Response.WriteAsync("""{"online":false,"streamTitle":""}""");
        var found = await RunAsync(origin.At("hls/stream.m3u8").ToString());
        Assert.Empty(found.Trouble(Group));
        found.AssertSaid(SourceFindings.Offline, "Nobody streams to the Owncast server", "Start streaming");
    }

    [Fact]
    public async Task Owncast_s_clip_in_a_folder_is_a_note()
    {
        var show = await Show.GetAsync(Show.Plain);
        var playlist = new LivePlaylist(_folder);
        for (var index = 0; index < 3; index++)
            playlist.Add($"stream-offline-abc-{index}.ts", show.Bytes[index]);
        var found = await RunAsync(_folder.Path, TimeSpan.FromSeconds(8));
        Assert.Empty(found.Trouble(Group));
        found.AssertSaid(SourceFindings.Offline, "clip");
    }

    [Theory]
    [InlineData("ts-hevc", "source.video-codec", "HEVC (hvc1.", "H.264")]
    [InlineData("fmp4-av1", "source.video-codec", "AV1 (av01.", "Ladder")]
    [InlineData("ts-eac3", "source.audio-codec", "Enhanced AC-3", "AAC")]
    [InlineData("ts-ac3", "source.audio-codec", "AC-3", "AAC")]
    [InlineData("fmp4-opus", "source.audio-codec", "Opus", "AAC")]
    public async Task Codecs_that_not_every_browser_plays_are_found(string format, string id, string seen, string remedy)
    {
        var recording = await media.GetAsync(format);
        if (recording.Init is { } init)
            _folder.Write("init.mp4", init);
        Feed(
            [.. recording.Segments.Take(2).Select((name, index) => (name, recording.Bytes(index), 2.0))],
            recording.Init is null ? "" : "#EXT-X-MAP:URI=\"init.mp4\"\n"
        );
        var kind = FindingCatalog.All.Single(kind => kind.Id == id);
        (await RunAsync(_folder.Path)).AssertOnly(kind, Group, seen, remedy);
    }

    [Fact]
    public async Task What_a_ladder_is_made_of_needs_no_browser_that_plays_it()
    {
        var recording = await media.GetAsync("ts-hevc");
        Feed([.. recording.Segments.Take(2).Select((name, index) => (name, recording.Bytes(index), 2.0))]);
        _options.Streams["live"].Ladder = ["180p"];
        Assert.Empty((await RunAsync(_folder.Path)).Trouble(Group));
    }

    [Fact]
    public async Task Segments_that_do_not_begin_with_a_keyframe_are_found()
    {
        // A keyframe every two seconds, and a cut every second.
        var segments = await MakeAsync("-g 50 -keyint_min 50 -t 5", "-hls_time 1 -hls_flags split_by_time");
        Feed([.. segments.Take(4)]);
        (await RunAsync(_folder.Path)).AssertOnly(SourceFindings.NoKeyframe, Group, "did not begin with a keyframe", "2 s");
    }

    [Fact]
    public async Task Long_segments_are_found()
    {
        var segments = await MakeAsync("-g 200 -keyint_min 200 -t 17", "-hls_time 8");
        Feed([.. segments.Take(2)]);
        (await RunAsync(_folder.Path)).AssertOnly(SourceFindings.LongSegments, Group, "segments of 8.0 s", "keyframe interval");
    }

    [Fact]
    public async Task Segments_that_cannot_be_had_are_found()
    {
        var show = await Show.GetAsync(Show.Plain);
        // Encrypted in a way that only one vendor's player opens.
        Feed(
            [.. Enumerable.Range(0, 3).Select(index => ($"s{index}.ts", show.Bytes[index], 1.0))],
            "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://key\"\n"
        );
        var found = await RunAsync(_folder.Path, TimeSpan.FromSeconds(4));
        found.AssertSaid(SourceFindings.Unreadable, "SAMPLE-AES", "protected");
    }

    [Fact]
    public async Task A_way_back_that_leads_nowhere_is_found()
    {
        await using var origin = await TestOrigin.StartAsync();
        origin["/page"] = static context => context.Response.WriteAsync("<html>\n");
        origin["/hls/0/stream.m3u8"] = static context => context.Response.WriteAsync("#EXTM3U\n#EXT-X-TARGETDURATION:2\n");
        var stream = _options.Streams["live"];
        stream.Fallback = origin.At("missing").ToString();
        (await Checked.RunAsync(_options)).AssertOnly(
            SourceFindings.NoFallback,
            null,
            "gives no playlist: 404",
            "Correct Fallback"
        );
        stream.Fallback = origin.At("page").ToString();
        (await Checked.RunAsync(_options)).AssertOnly(SourceFindings.NoFallback, null, "is no HLS playlist", "Correct Fallback");
        stream.Fallback = origin.At("hls/0/stream.m3u8").ToString();
        (await Checked.RunAsync(_options)).AssertSaid(SourceFindings.Fallback, "is a playlist");
    }

    private Task<Checked> RunAsync(string source, TimeSpan? patience = null)
    {
        _options.Streams["live"].Source = source;
        return Checked.RunAsync(_options, limits: Checked.Quick with { Source = patience ?? TimeSpan.FromSeconds(20) });
    }

    /// <summary>Lists one segment now, and another every 150 ms, for ever.</summary>
    private void Feed(IReadOnlyList<(string Name, byte[] Bytes, double Seconds)> segments, string header = "")
    {
        var playlist = new LivePlaylist(_folder)
        {
            Header = header,
            TargetDuration = (int)Math.Ceiling(segments.Max(static segment => segment.Seconds)),
        };
        var extension = Path.GetExtension(segments[0].Name);
        var count = 0;
        Add();
        _encoder = Task.Run(async () =>
        {
            while (true)
            {
                await Task.Delay(150, _stop.Token);
                Add();
            }
        });

        void Add()
        {
            var (_, bytes, seconds) = segments[count % segments.Count];
            playlist.Add(string.Create(CultureInfo.InvariantCulture, $"live{count++}{extension}"), bytes, seconds);
        }
    }

    private static async Task<IReadOnlyList<(string Name, byte[] Bytes, double Seconds)>> MakeAsync(string encoder, string muxer)
    {
        using var made = new TestFolder();
        await Ffmpeg.RunAsync(
            made.Path,
            $"-f lavfi -i testsrc2=s=160x90:r=25 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 0 -sc_threshold 0 {encoder} -f hls -hls_list_size 0 {muxer} s.m3u8".Split(
                ' '
            )
        );
        var playlist = PlaylistParser.Parse(await File.ReadAllBytesAsync(made["s.m3u8"])).Media!;
        return [.. playlist.Segments.Select(one => (one.Uri, File.ReadAllBytes(made[one.Uri]), one.Duration.TotalSeconds))];
    }
}
