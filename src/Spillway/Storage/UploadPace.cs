namespace Spillway.Storage;

/// <summary>
/// How many uploads may go at one time, and when the next. More are allowed one by one, and only as many as would still end
/// in time if the line were full already: on a slow line many at once would all time out, and nothing would ever be stored.
/// While the store fails there is one try at a time, <see cref="Probing"/> apart. Pure: times come in; any monotonic origin.
/// </summary>
internal sealed class UploadPace(int most)
{
    /// <summary>R2 takes one write a second a key, retries included; the tenth is for clocks that differ.</summary>
    public static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1.1);

    /// <summary>The same from the second failure of a key on.</summary>
    private static readonly TimeSpan BetweenLaterTries = TimeSpan.FromSeconds(1.2);

    /// <summary>
    /// Between two tries while the store is away, jitter left out. Viewers stand still for it after the end of an outage; and one try at a
    /// time is less than a store has to bear while all is well.
    /// </summary>
    private static readonly TimeSpan Probing = TimeSpan.FromSeconds(0.6);

    /// <summary>The same for a store that has asked for less.</summary>
    private static readonly TimeSpan LongestThrottledPause = TimeSpan.FromSeconds(3);

    /// <summary>Failures in a row that are no accident any more.</summary>
    private const int FailuresOfAnOutage = 3;

    private static readonly TimeSpan FirstThrottledPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(5);

    private int _failures;
    private TimeSpan _failingSince;
    private TimeSpan _lastCut = TimeSpan.MinValue;
    private TimeSpan _lastChange = TimeSpan.MinValue;
    private bool _isPatient;

    /// <summary>Uploads that may go at one time, while the store answers.</summary>
    public int Limit { get; private set; } = Math.Min(2, most);

    /// <summary>Nothing goes before.</summary>
    public TimeSpan NotBefore { get; private set; } = TimeSpan.MinValue;

    /// <summary>The store has failed some times in a row.</summary>
    public bool IsAway => _failures >= FailuresOfAnOutage;

    /// <summary>The last failure took all the time that it was allowed.</summary>
    public bool HasTimedOut { get; private set; }

    /// <summary>How long it has been failing; zero while <see cref="IsAway"/> is false.</summary>
    public TimeSpan AwayFor(TimeSpan now) => IsAway ? now - _failingSince : TimeSpan.Zero;

    /// <summary>
    /// How long one try may take: three times the media, at least 5 s. Twice that when even a single one timed out, so that
    /// on a very slow line something is stored.
    /// </summary>
    public TimeSpan Patience(TimeSpan media)
    {
        var patience = media * 3 > LeastPatience ? media * 3 : LeastPatience;
        return _isPatient ? patience * 2 : patience;
    }

    /// <summary>How many more may begin now.</summary>
    public int Room(int underWay, TimeSpan now) => now < NotBefore ? 0 : Math.Max(0, (IsAway ? 1 : Limit) - underWay);

    /// <param name="elapsed">Of the try that was answered.</param>
    /// <param name="patience">What it was allowed.</param>
    /// <param name="beside">Tries that went at the same time for the whole of it, itself included.</param>
    /// <param name="now">When it was answered.</param>
    /// <returns>How long the store had been away.</returns>
    public TimeSpan Succeeded(TimeSpan elapsed, TimeSpan patience, int beside, TimeSpan now)
    {
        var away = AwayFor(now);
        // What a store that is just coming back can bear is not known.
        if (IsAway)
            (Limit, _lastChange) = (1, now);
        _failures = 0;
        NotBefore = TimeSpan.MinValue;
        if (_isPatient)
        {
            patience /= 2;
            _isPatient = elapsed > patience / 2;
        }
        // What began before the last change tells nothing of it: two in a row would be believed twice.
        var withOneMore = elapsed * (Limit + 1) / Limit;
        if (beside >= Limit && Limit < most && now - elapsed >= _lastChange && withOneMore < patience * 0.8)
            (Limit, _lastChange) = (Limit + 1, now);
        return away;
    }

    /// <param name="elapsed">Of the try.</param>
    /// <param name="patience">What it was allowed; one that took so long has timed out.</param>
    /// <param name="isThrottled">The store has asked for less.</param>
    /// <param name="now">When it failed.</param>
    /// <param name="jitter">0 to 1.</param>
    public void Failed(TimeSpan elapsed, TimeSpan patience, bool isThrottled, TimeSpan now, double jitter)
    {
        if (_failures++ == 0)
            _failingSince = now - elapsed;
        HasTimedOut = elapsed >= patience;
        // Those that time out together are one sign.
        if ((HasTimedOut || isThrottled) && now - elapsed >= _lastCut)
        {
            _isPatient |= HasTimedOut && Limit == 1;
            (Limit, _lastCut, _lastChange) = (Math.Max(1, Limit / 2), now, now);
        }
        if (!isThrottled && !IsAway)
            return;
        var throttled = FirstThrottledPause * Math.Pow(2, Math.Clamp(_failures - FailuresOfAnOutage, 0, 8));
        var pause =
            !isThrottled ? Probing
            : throttled < LongestThrottledPause ? throttled
            : LongestThrottledPause;
        NotBefore = now + pause * (0.75 + 0.5 * jitter);
    }

    /// <summary>Until the next try of a key that has failed so often.</summary>
    public static TimeSpan PauseAfter(int tries, double jitter) =>
        (tries <= 1 ? BetweenTries : BetweenLaterTries) * (1 + 0.25 * jitter);
}
