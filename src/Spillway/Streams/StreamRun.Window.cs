using Spillway.AdaptiveWindow;

namespace Spillway.Streams;

/// <content>The live delay and the window of all renditions: as the segments ask for, fixed, or as the viewers do.</content>
internal sealed partial class StreamRun
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private WindowRule? _window;
    private WindowBounds? _windowBounds;
    private WindowReport? _windowReport;
    private TimeSpan _windowLookedAt;
    private DateTimeOffset? _delayChangedAt;

    /// <summary>At least so many are listed, whatever the delay.</summary>
    private int WindowSegments => _parts.Options.Window > 0 ? _parts.Options.Window : 6;

    private bool IsAdaptive => _parts.Options.LiveDelay.Mode == LiveDelayOptions.Adaptive;

    /// <param name="on">The broadcast that begins, or is gone on with.</param>
    /// <param name="told">Seconds; what its players were told before. Null: nothing.</param>
    /// <param name="left">What an earlier writer has published of it; null: nothing.</param>
    private void BeginWindow(Broadcast on, double? told = null, PublishedBroadcast? left = null)
    {
        var target = on.Timeline.TargetDuration;
        var segment = on.SegmentDuration.TotalSeconds;
        var unchanged = Math.Max(on.Timeline.WindowDuration.TotalSeconds, WindowSegments * segment);
        _windowBounds = WindowBounds.Of(_parts.Options.LiveDelay, segment, target, unchanged, _parts.Options.P2P);
        if (_window is null)
            _window = new WindowRule(_windowBounds, Now);
        else
            _window.Move(_windowBounds, Now);
        if (IsAdaptive && told is { } delay)
            _window.Resume(
                delay,
                left?.Renditions.Max(static r => r.Playlist!.Segments.Sum(static s => s.Duration.TotalSeconds)) ?? 0
            );
        ApplyWindow(on);
    }

    private void TendWindow()
    {
        if (!IsAdaptive || _window is null || _broadcast is not { } on || Now - _windowLookedAt < BetweenLooks)
            return;
        _windowLookedAt = Now;
        var before = _window.Delay;
        var standsStill = _sourceAway is not null || Status.StoreFault is not null || Status.State == "slate";
        var since = Now - _window.EvidenceFrom;
        _window.Follow(_parts.Player.Audience?.Trouble(Name, since > TimeSpan.Zero ? since : TimeSpan.Zero), standsStill, Now);
        if (_window.Delay != before)
        {
            _delayChangedAt = _parts.Store.Now;
            StreamLog.DelayChanged(Logger, Name, _window.Delay, _window.Reason);
        }
        ApplyWindow(on);
    }

    private void ApplyWindow(Broadcast on)
    {
        on.LiveDelay = _window!.Delay;
        var options = _parts.Options.LiveDelay;
        // Switched off, the count of segments and the 24 s of design are all there is to it.
        if (options.Mode != LiveDelayOptions.Off)
            on.Timeline.WindowDuration = TimeSpan.FromSeconds(_window.Window);
        _windowReport = new WindowReport(
            options.Mode,
            _window.Delay,
            Math.Round(_window.Window, 1),
            _windowBounds!.LeastDelay,
            _windowBounds.MostDelay,
            Math.Round(_windowBounds.MostWindow, 1),
            options.Mode switch
            {
                LiveDelayOptions.Fixed => $"fixed by Streams.{Name}.LiveDelay.Delay",
                LiveDelayOptions.Adaptive => _window.Reason,
                _ => "as the length of the segments asks for: it does not follow the viewers (LiveDelay.Mode is off)",
            },
            _delayChangedAt
        );
    }
}
