using Spillway.Audience;
using Spillway.Configuration;
using Spillway.Cost;
using Spillway.Reports;
using Spillway.Sources;
using Spillway.Sources.Hls;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Timeline;

namespace Spillway.Dashboard;

/// <summary>Makes the picture of one stream from what its pipeline, its audience and its report say.</summary>
internal sealed class StreamPictures(
    SpillwayOptions options,
    EdgeAddress edge,
    Ports ports,
    PublishKeys keys,
    TimeProvider time,
    CloudflareUsage? cloudflare = null
)
{
    /// <param name="stream">Is looked at now.</param>
    /// <param name="report">Of its broadcast on air, else of its last; null: none yet.</param>
    public StreamPicture Take(LiveStream stream, BroadcastReport? report)
    {
        var status = stream.Status;
        var isOnAir = status.State is "live" or "slate";
        var source = stream.Source;
        var view = stream.Audience?.View(stream.Name);
        var settings = stream.Options;
        var begin = isOnAir ? report?.Begin : null;
        // The provider is asked about the time since the oldest broadcast on air began.
        var reads = report is null ? null : MoneyPictures.ViewerReads(report, isOnAir ? cloudflare?.Reading?.Recent : null);
        return new StreamPicture
        {
            Name = stream.Name,
            Title = stream.Told?.Title ?? PlayerSettings.TitleOf(stream.Name, settings, ""),
            State = status.State,
            Broadcast = status.Broadcast,
            OnAirSince = begin,
            OnAirSeconds = begin is { } since ? Math.Round(Math.Max(0, (report!.AsOf - since).TotalSeconds), 1) : null,
            Links = Links(stream.Name),
            Switches = Switches(stream, status),
            Source = Source(stream, status, source, isOnAir),
            Publish = PublishAddresses.Of(options, stream.Name, keys, ports),
            Window = WindowPictures.Of(stream.OnAir, stream.Notes),
            LiveDelay = status.Window,
            Gaps = status.Gaps,
            PauseGaps = status.PauseGaps,
            Viewers = new ViewerPicture(
                view?.Viewers,
                view?.Sharing,
                view?.PeersAtTracker,
                view?.Reporters ?? 0,
                view?.Share ?? 0,
                report?.Audience?.PeakViewers,
                report?.Audience?.MeanViewers,
                view?.Now.Renditions ?? []
            ),
            Ways = new WayPicture(
                view?.Now.ShareFromPeers,
                report?.Ways?.ShareFromPeers,
                report?.Ways?.FromPeers,
                report?.Ways?.FromEdge,
                report?.Ways?.ToPeers,
                report?.Origin?.Bytes,
                report?.Edge
            ),
            Playback = new PlaybackPicture(
                view?.Now.Latency,
                view?.Now.Latency95,
                view?.Now.StallsPerHour,
                report?.Audience?.StallsPerHour,
                report?.Audience?.StalledShare,
                report?.Audience?.StartUp,
                report?.Audience?.StartUp95,
                view?.Now.Peers
            ),
            Uploads = Uploads(stream, status, report),
            Publishing = stream.Publishing.Report(),
            Operations = new OperationPicture(
                report?.Operations,
                stream.Reports is { } counted ? OperationReport.Of(counted.Store.Operations) : null,
                reads
            ),
            Money = report is null ? null : MoneyPictures.Of(report, stream.Reports?.Prices, reads, settings.Replay.IsOn),
            Uplink = new UplinkPicture(report?.Uploads.Bytes ?? 0, BitRate(stream.Notes.BytesOfMinute), stream.Uploads.Bytes),
            Saved = report is null ? null : MoneyPictures.Saved(report),
            Writer = Writer(stream),
            Replays = Replays(stream),
            Faults = [.. Faults(stream, status, report, source, isOnAir)],
            Advice = [.. Advice(stream, status)],
        };
    }

    private LinkPicture Links(string name) =>
        new(
            edge.Fixed is { } page ? $"{page}watch/index.html?stream={name}" : null,
            edge.Fixed is { } playlist ? $"{playlist}{name}/playlist.m3u8" : null,
            $"/watch/{name}",
            $"/{name}/playlist.m3u8"
        );

    private SwitchPicture Switches(LiveStream stream, LiveStreamStatus status)
    {
        var (peers, now, why) = PeersOf(stream);
        var switches = status.Switches;
        return new SwitchPicture(
            switches.SlateByHand,
            switches.SlateByHand ? null : stream.Refusal ?? switches.SlateRefusal,
            peers,
            now,
            why,
            stream.Refusal ?? switches.EndRefusal,
            switches.Held,
            KeyRefusal(stream.Name)
        );
    }

    /// <summary>Whether the operator lets viewers share, whether players are told to, and why they are not.</summary>
    public static (bool Peers, bool Now, string? Why) PeersOf(LiveStream stream)
    {
        var (settings, off) = (stream.Options, stream.Status.Switches.PeersOff);
        var now = stream.Told?.Peers.Enabled == true;
        var why =
            !settings.P2P ? $"The settings switch it off: Streams.{stream.Name}.P2P is false."
            : off ? "It is switched off by hand."
            : now ? null
            : stream.Told is null ? "Another instance tells players, or nothing runs yet."
            : $"Fewer than {settings.P2PFromViewers} viewers are there (Streams.{stream.Name}.P2PFromViewers), or players are told within 10 s.";
        return (settings.P2P && !off, now, why);
    }

    /// <summary>Why a stream's key cannot be changed; null: it can.</summary>
    public string? KeyRefusal(string stream) =>
        keys.Of(stream) is null ? $"{stream} follows its source: there is no stream key."
        : keys.IsSet(stream) ? $"The key stands in the settings: change Streams.{stream}.Key there, and start Spillway again."
        : null;

    private SourcePicture Source(LiveStream stream, LiveStreamStatus status, SourceReport source, bool isOnAir)
    {
        var best = source.Renditions is [var first, ..] ? first : null;
        var left = stream.Options.Grace - (time.GetUtcNow() - (source.AwaySince ?? time.GetUtcNow()));
        return new SourcePicture
        {
            Kind = stream.Options.Source switch
            {
                StreamOptions.Rtmp => "rtmp",
                StreamOptions.Push => "push",
                var location when location.Contains("://", StringComparison.Ordinal) => "hls",
                _ => "folder",
            },
            Address = AddressOf(stream.Options.Source),
            State =
                status.SourceAway is not null && source.LastSegmentAt is not null ? "away"
                : status.Starting is not null ? "starting"
                : source.LastSegmentAt is null ? "waiting"
                : stream.IsSourceLate ? "late"
                : "live",
            Starting = status.Starting,
            Away = status.SourceAway,
            AwaySince = status.SourceAway is null ? null : source.AwaySince,
            EndsIn = isOnAir && status.SourceAway is not null ? Math.Round(Math.Max(0, left.TotalSeconds), 1) : null,
            Advice = status.SourceAdvice,
            BitRate = best?.BitRate,
            KeyframeInterval = best?.KeyframeInterval,
            SegmentDuration = best?.SegmentDuration,
            Drift = best?.Drift,
            LastSegmentAt = source.LastSegmentAt,
            Restarts = source.Restarts,
            Interruptions = source.Interruptions,
            Missed = source.Missed,
            Renditions =
            [
                .. source.Renditions.Select(rendition => new SourceRenditionPicture(
                    rendition.Name,
                    rendition.Codecs,
                    rendition.Resolution,
                    rendition.FrameRate,
                    rendition.BitRate,
                    stream.OnAir?.Find(rendition.Name)?.Format.Bandwidth
                )),
            ],
        };
    }

    /// <summary>Passwords and keys stand before the host, or in the query.</summary>
    private static string? AddressOf(string source) =>
        source is StreamOptions.Rtmp or StreamOptions.Push || SourceLocation.TryParse(source, out var location) is not null ? null
        : location!.Folder is null
            ? location.Uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : location.Uri.LocalPath;

    private static UploadPicture Uploads(LiveStream stream, LiveStreamStatus status, BroadcastReport? report)
    {
        var uploads = stream.Uploads;
        var recent = stream.Notes.Uploads;
        var loads = recent
            .Where(static note => note.Media > TimeSpan.Zero)
            .Select(static note => note.Elapsed / note.Media)
            .ToArray();
        return new UploadPicture
        {
            LastMs = recent.Count == 0 ? null : Math.Round(recent[^1].Elapsed.TotalMilliseconds, 1),
            MeanMs = recent.Count == 0 ? null : Math.Round(recent.Average(static note => note.Elapsed.TotalMilliseconds), 1),
            WorstMs = recent.Count == 0 ? null : Math.Round(recent.Max(static note => note.Elapsed.TotalMilliseconds), 1),
            MeanLoad = loads.Length == 0 ? null : Math.Round(loads.Average(), 3),
            WorstLoad = loads.Length == 0 ? null : Math.Round(loads.Max(), 3),
            Stored = uploads.Stored,
            FailedTries = uploads.FailedTries,
            GivenUp = uploads.GivenUp,
            Waiting = uploads.Waiting,
            BytesWaiting = uploads.BytesWaiting,
            Behind = uploads.IsBehind,
            Fault = uploads.Fault is { } fault ? Picture("upload", OutageSince(report), fault) : null,
            Advice = status.StoreAdvice,
        };
    }

    private static WriterPicture Writer(LiveStream stream)
    {
        var lease = stream.Writer;
        return new WriterPicture(
            stream.StandsBy ? LiveStreamStatus.Standby : "writer",
            lease?.Instance,
            lease?.Writer,
            lease?.Epoch,
            lease?.TakeOvers,
            lease?.Since,
            Health.Why(lease)
        );
    }

    private static ReplayPicture Replays(LiveStream stream)
    {
        var list = stream.ReplayList;
        var revision = new HashCode();
        foreach (var entry in list ?? [])
        {
            revision.Add(entry.Broadcast, StringComparer.Ordinal);
            revision.Add(entry.End);
        }
        return new ReplayPicture(
            stream.Options.Replay.IsOn,
            list?.Count,
            list is { Count: > 0 } ? (uint)revision.ToHashCode() : 0
        );
    }

    private static IEnumerable<FaultPicture> Faults(
        LiveStream stream,
        LiveStreamStatus status,
        BroadcastReport? report,
        SourceReport source,
        bool isOnAir
    )
    {
        if (status.Superseded is { } successor)
            yield return new FaultPicture("superseded", null, successor, "Stop the other instance, and start this one again.");
        if (status.StoreFault is { } fault)
            yield return new FaultPicture("store", OutageSince(report), fault, "");
        if (isOnAir && status.SourceAway is { } away)
            yield return new FaultPicture(
                "source",
                source.AwaySince,
                $"The source is away: {away}",
                "See to the encoder or the server that Spillway follows."
            );
        if (stream.Uploads.IsBehind && status.StoreFault is null)
            yield return new FaultPicture(
                "upload",
                null,
                "The store takes segments more slowly than they come: they wait, and viewers fall behind.",
                "Lower the bit rate or the number of renditions, or find out what else uses the line."
            );
    }

    private static IEnumerable<AdvicePicture> Advice(LiveStream stream, LiveStreamStatus status) =>
        new (string Kind, string? Text)[]
        {
            ("peers", stream.Audience?.Advice),
            ("source", status.SourceAdvice),
            ("store", status.StoreAdvice),
            ("bandwidth", status.BandwidthAdvice),
            ("slate", status.SlateProblem),
        }
            .Where(static advice => advice.Text is not null)
            .Select(static advice => new AdvicePicture(advice.Kind, advice.Text!));

    /// <summary>Since when the store fails, as the report has it.</summary>
    private static DateTimeOffset? OutageSince(BroadcastReport? report) =>
        report?.Faults.StoreOutages is [.., { Seconds: null } open] ? open.Begin : null;

    public static FaultPicture Picture(string kind, DateTimeOffset? since, StoreFault fault) =>
        new(kind, since, fault.Message, fault.Remedy);

    private static double? BitRate(long bytesOfMinute) => bytesOfMinute == 0 ? null : Math.Round(bytesOfMinute * 8 / 60.0);
}
