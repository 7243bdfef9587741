using Spillway.Audience;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>What every player is told, whatever the stream.</summary>
/// <param name="Tracker">A stream's tracker address; <c>{host}</c> in it stands for the page's own host name.</param>
/// <param name="Stun">STUN servers.</param>
/// <param name="EdgeUrl">The address of a key as viewers see it, for the log.</param>
internal sealed record PlayerSettings(Func<string, string> Tracker, IReadOnlyList<string> Stun, Func<string, string> EdgeUrl)
{
    /// <summary>What of it follows a stream's audience; null: nothing.</summary>
    public Func<string, AudienceSettings?>? Audience { get; init; }

    /// <summary>Where a stream's viewers report.</summary>
    public Func<string, string> ReportsAddress { get; init; } = static _ => "";

    /// <summary>Takes what an earlier writer of a stream has told its players.</summary>
    public Action<string, PlayerDocument>? Resumed { get; init; }

    public PlayerDocument Document(string stream, StreamOptions options, string sourceTitle, string state, Broadcast? broadcast)
    {
        var audience = Audience?.Invoke(stream);
        return new PlayerDocument
        {
            State = state,
            Stream = stream,
            Title = TitleOf(stream, options, sourceTitle),
            Broadcast = broadcast?.Id,
            Swarm = broadcast is null ? null : $"{stream}/{broadcast.Id}/live",
            Trackers = [Tracker(stream)],
            Peers = new PeerSettings(options.P2P && audience?.PeersOn != false),
            Stun = Stun,
            Reports = audience is null
                ? null
                : new ReportSettings(ReportsAddress(stream), audience.Share, audience.Every, audience.After),
            LiveDelay = broadcast is null ? null : LiveDelay(broadcast),
            SegmentDuration = broadcast is null ? null : Math.Round(broadcast.SegmentDuration.TotalSeconds, 3),
            TargetDuration = broadcast?.Timeline.TargetDuration,
        };
    }

    /// <summary>The operator's, else the source's own, else the stream's name.</summary>
    public static string TitleOf(string stream, StreamOptions options, string sourceTitle) =>
        options.Title.Length > 0 ? options.Title
        : sourceTitle.Length > 0 ? sourceTitle
        : stream;

    /// <summary>
    /// Three segments behind the live edge and one second for the edge's cache; with short segments some more, since
    /// what is urgent is not asked of peers.
    /// </summary>
    private static double LiveDelay(Broadcast broadcast) =>
        Math.Round(Math.Max(3 * broadcast.SegmentDuration.TotalSeconds + 1, 9), 1);
}
