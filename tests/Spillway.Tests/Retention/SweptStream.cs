using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Playlists;
using Spillway.Retention;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Retention;

/// <summary>A stream's objects, put by hand, and the sweep over them.</summary>
internal sealed class SweptStream
{
    public const string Old = "20261120T190000Z-0001";
    public const string Now = "20261122T190000Z-0002";
    private const int Target = 4;

    public SweptStream()
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));
        Store = new MemoryStore(Time);
    }

    public FakeTimeProvider Time { get; }
    public MemoryStore Store { get; }
    public HashSet<string> InUse { get; } = [];
    public HashSet<string> SlatesInUse { get; } = [];
    public long Epoch { get; set; } = 3;
    public Func<bool> IsMine { get; set; } = static () => true;
    public IReadOnlySet<string>? Pages { get; set; }

    public IEnumerable<string> Keys => Store.Objects.Keys;

    public static string Segment(string broadcast, long number, string rendition = "0") =>
        $"live/{broadcast}/{rendition}/{number}-{StreamKeys.Hash(BitConverter.GetBytes(number))}.ts";

    public static string Slate(int which) =>
        $"live/slate/{StreamKeys.Hash([(byte)which])}/0/0-{StreamKeys.Hash([(byte)which, 1])}.ts";

    /// <summary>Segments from one number to another, the later ones listed.</summary>
    public void PutBroadcast(string broadcast, long from, long to, long listedFrom, bool ended = false, params string[] more)
    {
        for (var number = from; number <= to; number++)
            Store.Put(Segment(broadcast, number));
        PutPlaylist($"live/{broadcast}/0/playlist.m3u8", listedFrom, to, ended, more);
    }

    public void PutPlaylist(string key, long from, long to, bool ended = false, params string[] more) =>
        Store.Put(
            key,
            PlaylistWriter.Write(
                new MediaPlaylist
                {
                    TargetDuration = Target,
                    MediaSequence = from,
                    DiscontinuitySequence = 0,
                    Ended = ended,
                    Type = key.Contains("replay", StringComparison.Ordinal) ? PlaylistType.Event : PlaylistType.Live,
                    Stamp = new Stamp(1, 1),
                    Segments =
                    [
                        .. Enumerable
                            .Range(0, (int)(to - from + 1))
                            .Select(i => Segment("", from + i).Split('/')[^1])
                            .Concat(more)
                            .Select(static uri => new MediaSegment { Uri = uri, Duration = TimeSpan.FromSeconds(Target) }),
                    ],
                }
            )
        );

    public void PutMultivariant(string broadcast) =>
        Store.Put(
            "live/playlist.m3u8",
            PlaylistWriter.Write(
                new MultivariantPlaylist
                {
                    Variants = [new Variant { Uri = $"{broadcast}/0/playlist.m3u8", Bandwidth = 1 }],
                    Stamp = new Stamp(1, 1),
                }
            )
        );

    public void PutReplays(params string[] kept) =>
        Store.Put(
            "live/replays.json",
            $$"""{"epoch":1,"revision":1,"replays":[{{string.Join(',', kept.Select(static id => $$"""{"broadcast":"{{id}}","title":"A"}"""))}}]}"""
        );

    public void Pass(double hours) => Time.Advance(TimeSpan.FromHours(hours));

    public Task<SweepResult> SweepAsync(bool dryRun = false) =>
        new Sweep(
            new SweepParts
            {
                Store = Store,
                Stream = "live",
                Epoch = Epoch,
                Conditional = true,
                InUse = () => InUse,
                StillMine = _ => Task.FromResult(IsMine()),
                WhileSlatesRest = (act, _) => act(SlatesInUse.Contains),
                Pages = Pages,
                Time = Time,
                Logger = NullLogger.Instance,
            }
        ).RunAsync(dryRun, CancellationToken.None);
}
