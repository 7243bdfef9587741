using System.Threading.Channels;

namespace Spillway.Sources.Hls;

/// <summary>
/// The one way out: keeps events in an order that makes sense (renditions before segments, <see cref="SourceBack"/> before the
/// next segment) and tells when the source as a whole is away. A full channel makes everyone wait here.
/// </summary>
internal sealed class SourceOutput(
    ChannelWriter<SourceEvent> events,
    OwncastServer? owncast,
    SourceWarnings warnings,
    TimeProvider time
) : IDisposable
{
    public const string Ended = "ended";

    private const int LongestTitle = 200;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private List<(SourceRendition Rendition, RenditionPresence Presence)> _renditions = [];
    private bool _changed;
    private bool _away;
    private string _trouble = "nothing found there yet";

    /// <summary>How long nothing new may come before the source counts as away.</summary>
    public static TimeSpan Patience(TimeSpan target) =>
        3 * target > TimeSpan.FromSeconds(6) ? 3 * target : TimeSpan.FromSeconds(6);

    /// <summary>The renditions there are from now on; told before the next segment.</summary>
    public void SetRenditions(List<(SourceRendition Rendition, RenditionPresence Presence)> now)
    {
        lock (_gate)
        {
            _changed |= !now.Select(r => r.Rendition).SequenceEqual(_renditions.Select(r => r.Rendition));
            _renditions = now;
        }
    }

    /// <summary>A rendition's target duration, which a restart may change.</summary>
    public void SetTarget(string name, int targetDuration)
    {
        lock (_gate)
        {
            var i = _renditions.FindIndex(r => string.Equals(r.Rendition.Name, name, StringComparison.Ordinal));
            if (i < 0 || _renditions[i].Rendition.TargetDuration == targetDuration)
                return;
            _renditions[i] = (_renditions[i].Rendition with { TargetDuration = targetDuration }, _renditions[i].Presence);
            _changed = true;
        }
    }

    /// <summary>Why the source cannot be read at all, for the time when there is no rendition to say it.</summary>
    public void SetTrouble(string reason)
    {
        lock (_gate)
            _trouble = reason;
    }

    public async Task WriteAsync(SourceEvent segment, RenditionPresence presence, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await TellRenditionsAsync(ct);
            if (segment is SegmentArrived && _away)
            {
                _away = false;
                warnings.Back();
                await events.WriteAsync(new SourceBack(), ct);
            }
            await events.WriteAsync(segment, ct);
            // The time spent waiting for the pipeline is not the source's.
            if (segment is SegmentArrived)
                presence.Progress();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tells a change of renditions or of presence; to be called often.</summary>
    public async Task ReviewAsync(CancellationToken ct)
    {
        // Asked before it is told, since it says more than silence does; and not while others wait.
        var status =
            owncast is not null && !Volatile.Read(ref _away) && Silence() is not null ? await owncast.RefreshAsync(ct) : null;
        // Somebody is writing a segment at this moment: the source is there.
        if (!await _turn.WaitAsync(TimeSpan.Zero, ct))
            return;
        try
        {
            await TellRenditionsAsync(ct);
            if (!_away && Silence() is { } reason)
            {
                _away = true;
                reason = status?.Online switch
                {
                    false => $"nobody streams to Owncast ({reason})",
                    true => $"{reason}, although somebody streams to Owncast",
                    null => reason,
                };
                warnings.Away(reason);
                await events.WriteAsync(new SourceAway(reason), ct);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The show's title as the source says it; empty for none.</summary>
    public async Task TellTitleAsync(string? title, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var shown = string.Concat((title ?? "").Where(static c => !char.IsControl(c)).Take(LongestTitle)).Trim();
            await events.WriteAsync(new SourceTitle(shown), ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task TellRenditionsAsync(CancellationToken ct)
    {
        SourceRendition[]? news = null;
        lock (_gate)
        {
            if (_changed)
                news = [.. _renditions.Select(r => r.Rendition)];
            _changed = false;
        }
        if (news is not null)
            await events.WriteAsync(new RenditionsFound(news), ct);
    }

    private string? Silence()
    {
        lock (_gate)
        {
            if (_renditions.Count == 0)
                return time.GetElapsedTime(_started) > Patience(TimeSpan.Zero) ? _trouble : null;
            string? first = null;
            foreach (var (_, presence) in _renditions)
            {
                if (presence.Silence() is not { } reason)
                    return null;
                // A rendition that died earlier must not hide that the source ended.
                if (first is null || string.Equals(reason, Ended, StringComparison.Ordinal))
                    first = reason;
            }
            return first;
        }
    }
}
