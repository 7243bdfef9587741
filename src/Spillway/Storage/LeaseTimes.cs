namespace Spillway.Storage;

/// <summary>The lease's numbers; docs/decisions/0011 says why these.</summary>
internal static class LeaseTimes
{
    /// <summary>How long the lease holds without a renewal while something is on air.</summary>
    public static readonly TimeSpan OnAir = TimeSpan.FromSeconds(5);

    /// <summary>And while nothing is, and nothing comes: few renewals.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    /// <summary>A lease that says more, or cannot be read, holds no longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    /// <summary>Of the duration, from the start of the last renewal: then the writer stops. The rest is for what is under way.</summary>
    public const double WritersShare = 0.6;

    /// <summary>How far the writer lengthens a lease on air when the store answers slowly.</summary>
    public static readonly TimeSpan OnAirAtMost = TimeSpan.FromSeconds(24);

    /// <summary>A renewal that takes more of the duration than this cannot be counted on, one that takes less of it is quick.</summary>
    public const double SlowShare = 0.15;
    public const double QuickShare = 0.1;

    /// <summary>From the start of one renewal to the next: 2.2 s on air.</summary>
    public static TimeSpan RenewAfter(TimeSpan duration) =>
        duration <= OnAirAtMost ? duration * (2.2 / 5) : TimeSpan.FromSeconds(20);

    /// <summary>For one attempt at the store. A second one must fit before the writer's share has passed.</summary>
    public static TimeSpan Attempt(TimeSpan onAir) => onAir / 3;

    /// <summary>For a look of an instance that waits: a slow store is no reason to look never.</summary>
    public static readonly TimeSpan LookAttempt = TimeSpan.FromSeconds(5);

    /// <summary>The distance at which a waiting instance looks.</summary>
    public static TimeSpan LookEvery(TimeSpan duration) =>
        duration <= OnAirAtMost ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(3);

    /// <summary>
    /// When this instance could not look for so long, the writer could probably not renew either, and gets so long again to do so: a take-over
    /// costs viewers more than its next try. It tries again after <see cref="MutableObject.Spacing"/>.
    /// </summary>
    public static readonly TimeSpan Blind = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A lease marked away is taken only when the mark has stood for so long, and this instance's source has delivered for so long: a
    /// source that blinks is not seen to come back by all at the same moment.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <summary>Who has just yielded takes no lease marked away: two whose sources blink in turn would pass it to and fro.</summary>
    public static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(15);
}
