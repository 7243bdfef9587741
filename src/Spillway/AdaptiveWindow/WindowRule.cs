using System.Globalization;

namespace Spillway.AdaptiveWindow;

/// <summary>
/// Which live delay and which window a stream has, by what its viewers report: longer at once when the 95th percentile asks for
/// it, shorter slowly, always within the bounds. Pure: times come in, since any fixed moment, and never go back.
/// </summary>
/// <remarks>
/// <para><b>Stalls lengthen the delay</b>, by as long as the 95th percentile's picture stood still: with so much more in its buffer it
/// would not have. What viewers tell of the time in which they still move to the new delay is not looked at, so that one
/// trouble is answered once.</para>
/// <para><b>Latency lengthens the window</b>, not the delay: who is far behind has been stalled, or went back, and must not drop out
/// at the window's end.</para>
/// <para><b>Calm shortens</b>, a second each half minute, after a while. Each time that proves wrong the while doubles: so neither a network that is
/// good and bad by turns nor liars make it swing.</para>
/// <para>See docs/adaptive-window.md for what a few liars can do.</para>
/// </remarks>
internal sealed class WindowRule
{
    /// <summary>Without a stall at the 95th percentile, before it is made shorter.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMinutes(3);

    /// <summary>After it was made longer, before it is made shorter.</summary>
    public static readonly TimeSpan FirstHold = TimeSpan.FromMinutes(3);
    public static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(40);

    /// <summary>After so long an earlier mistake is forgotten.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>Between two steps down.</summary>
    public static readonly TimeSpan StepDownEvery = TimeSpan.FromSeconds(30);

    /// <summary>Seconds.</summary>
    public const double StepDown = 1;

    /// <summary>Until player.json is stored, and read by all players.</summary>
    private static readonly TimeSpan Spreading = TimeSpan.FromSeconds(20);

    /// <summary>How much slower and faster than life players move to another delay (latency-shift.ts).</summary>
    private const double Drift = 0.05;

    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(100);

    /// <summary>After the live edge itself stood still, buffers need so long to fill again.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(15);

    private WindowBounds _bounds;
    private TimeSpan? _calmSince;
    private TimeSpan _holdUntil;
    private TimeSpan _hold = FirstHold;
    private TimeSpan? _lengthenedAt;
    private TimeSpan _steppedAt;
    private TimeSpan _windowAt;
    private bool _hasShortened;

    /// <param name="bounds">Between what it moves.</param>
    /// <param name="now">Since any fixed moment.</param>
    public WindowRule(WindowBounds bounds, TimeSpan now)
    {
        _bounds = bounds;
        (Delay, Window) = (bounds.Start, 0);
        Window = Needed(null);
        (_holdUntil, _steppedAt, _windowAt, EvidenceFrom) = (now + FirstHold, now, now, now);
        Reason = "nothing is known of the viewers yet";
    }

    /// <summary>Seconds behind the live edge.</summary>
    public double Delay { get; private set; }

    /// <summary>Seconds that the playlist lists at least.</summary>
    public double Window { get; private set; }

    /// <summary>Why it is so, in words.</summary>
    public string Reason { get; private set; }

    /// <summary>What viewers tell of earlier times says nothing of the present delay.</summary>
    public TimeSpan EvidenceFrom { get; private set; }

    /// <summary>Goes on where another process was. It held for some reason: it is not made shorter at once.</summary>
    /// <param name="delay">Seconds, as players were told last.</param>
    /// <param name="window">Seconds that were listed.</param>
    public void Resume(double delay, double window)
    {
        Delay = _bounds.Within(delay);
        Window = Math.Min(_bounds.MostWindow, Math.Max(Needed(null), window));
        Reason = Text($"{Delay:0.#} s is what players were told before the restart");
    }

    /// <summary>Another broadcast: other segments have other bounds. The viewers are the same.</summary>
    public void Move(WindowBounds bounds, TimeSpan now)
    {
        _bounds = bounds;
        Delay = bounds.Within(Delay);
        Window = Math.Min(bounds.MostWindow, Math.Max(Needed(null), Window));
        EvidenceFrom = Later(EvidenceFrom, now + Aftermath);
    }

    /// <summary>To be called every second or so.</summary>
    /// <param name="trouble">What viewers have told of the time since <see cref="EvidenceFrom"/>; null: nobody tells.</param>
    /// <param name="edgeStandsStill">The source or the store is away: a longer delay is no remedy for that.</param>
    public void Follow(PlaybackTrouble? trouble, bool edgeStandsStill, TimeSpan now)
    {
        if (edgeStandsStill)
        {
            EvidenceFrom = Later(EvidenceFrom, now + Aftermath);
            _calmSince = null;
            return;
        }
        if (trouble is not { Viewers: >= PlaybackTrouble.Fewest } told)
        {
            _calmSince = null;
            if (trouble is { } few && now >= _holdUntil)
                Reason = Text($"{Delay:0.#} s stays: of {few.Viewers} viewers who have told of the last minutes nothing follows");
            FitWindow(null, now);
            return;
        }
        if (told.StallSeconds > 0)
        {
            _calmSince = null;
            Lengthen(told, now);
        }
        else
        {
            _calmSince ??= now;
            Shorten(told, now - _calmSince.Value, now);
        }
        FitWindow(told.Latency, now);
    }

    private void Lengthen(PlaybackTrouble told, TimeSpan now)
    {
        var why = Text(
            $"the picture of {told.Stalled} of {told.Viewers} viewers stood still, {told.StallSeconds:0.0} s at the 95th percentile"
        );
        if (Delay >= _bounds.MostDelay)
        {
            (_holdUntil, Reason) = (Later(_holdUntil, now + _hold), Text($"{Delay:0.#} s is the upper bound; {why}"));
            return;
        }
        var step = Math.Clamp(Math.Ceiling(2 * told.StallSeconds) / 2, 1, 2 * _bounds.Segment);
        var before = Delay;
        Delay = Math.Round(_bounds.Within(Delay + step), 1);
        _hold =
            _lengthenedAt is null || now - _lengthenedAt > Memory ? FirstHold
            : _hasShortened ? Shorter(2 * _hold, LongestHold)
            : _hold;
        (_lengthenedAt, _holdUntil, _hasShortened) = (now, now + _hold, false);
        EvidenceFrom = now + Shorter(Spreading + TimeSpan.FromSeconds((Delay - before) / Drift), LongestSettling);
        Reason = Text($"lengthened from {before:0.#} to {Delay:0.#} s: {why}");
    }

    private void Shorten(PlaybackTrouble told, TimeSpan calm, TimeSpan now)
    {
        if (Delay <= _bounds.LeastDelay)
        {
            Reason = Text($"{Delay:0.#} s is the lower bound; all is well with {told.Viewers} viewers who report");
            return;
        }
        if (now < _holdUntil || calm < Calm || now - _steppedAt < StepDownEvery)
            return;
        var before = Delay;
        Delay = Math.Round(Math.Max(_bounds.LeastDelay, Delay - StepDown), 1);
        (_steppedAt, _hasShortened) = (now, true);
        Reason = Text(
            $"shortened from {before:0.#} to {Delay:0.#} s: for {calm.TotalMinutes:0} minutes the 95th percentile of {told.Viewers} viewers had no stall"
        );
    }

    /// <summary>Longer at once, shorter by a target duration each half minute: so few segments at a time leave the playlist early.</summary>
    private void FitWindow(double? latency, TimeSpan now)
    {
        var needed = Needed(latency);
        if (needed >= Window)
        {
            (Window, _windowAt) = (needed, now);
            return;
        }
        if (now - _windowAt < StepDownEvery)
            return;
        (Window, _windowAt) = (Math.Max(needed, Window - _bounds.Target), now);
    }

    private double Needed(double? latency) =>
        Math.Min(
            _bounds.MostWindow,
            Math.Max(
                Math.Max(_bounds.LeastWindow, WindowBounds.WindowFor(Delay, _bounds.Target)),
                latency is { } late ? Math.Ceiling(late + (2 * _bounds.Target)) : 0
            )
        );

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
