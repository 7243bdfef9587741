using Spillway.Media;
using Spillway.Playlists;
using Spillway.Watch;
using Spillway.Watch.Checking;

namespace Spillway.Tests.Watch;

/// <summary>A live stream of real media, published faster than it plays, so that a test takes seconds.</summary>
public sealed class PlaylistPollerTests : IAsyncLifetime
{
    private const string Folder = "/live/20261122T140000Z-7f3a/main";
    private const string PlaylistType = "application/vnd.apple.mpegurl";
    private const int Window = 4;

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-poller-").FullName;
    private readonly List<(MediaSegment Segment, byte[] Body)> _media = [];
    private readonly HttpClient _client = new();
    private TestEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        await Ffmpeg.RunAsync(
            _folder,
            [
                .. "-f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine=r=48000 -t 12 -c:v libx264 -preset ultrafast -g 25".Split(
                    ' '
                ),
                .. "-keyint_min 25 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -f hls -hls_time 1 -hls_list_size 0 list.m3u8".Split(
                    ' '
                ),
            ]
        );
        var recorded = PlaylistParser.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder, "list.m3u8"))).Media!;
        var date = Start;
        foreach (var segment in recorded.Segments)
        {
            var body = await File.ReadAllBytesAsync(Path.Combine(_folder, segment.Uri));
            _media.Add(
                (segment with { Uri = $"{1_000_000 + _media.Count}-{StreamKeys.Hash(body)}.ts", ProgramDateTime = date }, body)
            );
            date += segment.Duration;
        }

        _edge = await TestEdge.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _edge.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_clean_live_stream_is_found_clean_and_every_segment_is_loaded()
    {
        var poller = await PlayAsync();

        poller.AssertClean(andWithoutWarnings: true);
        Assert.Equal(_media.Select(x => x.Segment.Uri), poller.Loaded.OrderBy(x => x.Segment.Number).Select(x => x.Segment.Uri));
        Assert.All(poller.Loaded, loaded => Assert.Equal(MediaContainer.MpegTs, loaded.Media.Container));
    }

    [Fact]
    public async Task A_gap_is_never_asked_for()
    {
        var (segment, _) = _media[3];
        _media[3] = (segment with { Uri = "1000003-gap", Gap = true }, []);

        var poller = await PlayAsync();

        poller.AssertClean(andWithoutWarnings: true);
        Assert.DoesNotContain(_edge.Requests, path => path.EndsWith("-gap", StringComparison.Ordinal));
        Assert.Equal(_media.Count - 1, poller.Loaded.Count);
    }

    [Fact]
    public async Task What_is_wrong_behind_the_playlist_is_found()
    {
        Change(5, (segment, _) => segment with { Uri = $"1000005-{new string('0', 32)}.ts" });
        Replace(6, WithoutFirstPicture);
        Change(8, (segment, _) => segment with { Duration = TimeSpan.FromSeconds(1.4) });
        Replace(10, body => body[..^100]);

        var poller = await PlayAsync(listed: number =>
        {
            if (number == 4)
                _edge.Remove($"{Folder}/{_media[4].Segment.Uri}");
            if (number == 7 + Window)
                _edge.Remove($"{Folder}/{_media[7].Segment.Uri}");
        });

        Assert.Multiple(
            () => Finds("D1", 4, poller),
            () => Finds("X1", 5, poller),
            () => Finds("D9", 6, poller),
            () => Finds("B13", 7, poller),
            () => Finds("D2", 8, poller),
            () => Finds("D7", 10, poller)
        );
    }

    private static void Finds(string rule, int number, PlaylistPoller poller)
    {
        var name = $"{1_000_000 + number}";
        Assert.Contains(
            poller.Checker.Findings,
            finding =>
                finding.Rule == rule
                && finding.Severity == Severity.Error
                && $"{finding.Url} {finding.Message}".Contains(name, StringComparison.Ordinal)
        );
    }

    private void Change(int number, Func<MediaSegment, byte[], MediaSegment> change) =>
        _media[number] = (change(_media[number].Segment, _media[number].Body), _media[number].Body);

    private void Replace(int number, Func<byte[], byte[]> change)
    {
        var body = change(_media[number].Body);
        _media[number] = (_media[number].Segment with { Uri = $"{1_000_000 + number}-{StreamKeys.Hash(body)}.ts" }, body);
    }

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
                .SelectMany(packet => packet),
        ];
    }

    /// <summary>Lists one more segment every 0.35 s, ends, and polls until the end was seen.</summary>
    private async Task<PlaylistPoller> PlayAsync(Action<int>? listed = null)
    {
        _edge.Put(
            "/live/playlist.m3u8",
            PlaylistWriter.Write(
                new MultivariantPlaylist
                {
                    Variants =
                    [
                        new()
                        {
                            Uri = "20261122T140000Z-7f3a/main/playlist.m3u8",
                            Bandwidth = 900_000,
                            AverageBandwidth = 800_000,
                            Codecs = "avc1.42c00c,mp4a.40.2",
                            Resolution = new(320, 180),
                            FrameRate = 25,
                        },
                    ],
                }
            ),
            PlaylistType,
            "max-age=1, s-maxage=2"
        );
        for (var number = 0; number < _media.Count; number++)
        {
            if (!_media[number].Segment.Gap)
                _edge.Put(
                    $"{Folder}/{_media[number].Segment.Uri}",
                    _media[number].Body,
                    "video/mp2t",
                    "max-age=31536000, immutable"
                );
        }

        Publish(Window);
        var poller = new PlaylistPoller(new($"{_edge.Url}/live/playlist.m3u8"), _client);
        using var stop = new CancellationTokenSource();
        var polling = poller.RunAsync(stop.Token);
        for (var count = Window; count <= _media.Count; count++)
        {
            listed?.Invoke(count - 1);
            Publish(count);
            // Media comes in time, not on a condition: this is the stream's own clock.
            await Task.Delay(TimeSpan.FromSeconds(0.35), TestContext.Current.CancellationToken);
        }

        await UntilAsync(() => poller.Checker.Media.Values.Any(history => history.EndedAt is not null), poller);
        await stop.CancelAsync();
        await polling;
        return poller;
    }

    private void Publish(int count)
    {
        var first = Math.Max(0, count - Window);
        _edge.Put(
            $"{Folder}/playlist.m3u8",
            PlaylistWriter.Write(
                new MediaPlaylist
                {
                    TargetDuration = 1,
                    MediaSequence = 1_000_000 + first,
                    IndependentSegments = true,
                    Ended = count == _media.Count,
                    Segments = [.. _media.Take(count).Skip(first).Select(x => x.Segment)],
                }
            ),
            PlaylistType,
            count == _media.Count ? "max-age=60" : "max-age=1, s-maxage=1"
        );
    }

    private static async Task UntilAsync(Func<bool> condition, PlaylistPoller poller)
    {
        for (var waited = 0; waited < 100; waited++)
        {
            lock (poller.Checker)
            {
                if (condition())
                    return;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail("The end was not seen in 10 s.");
    }
}
