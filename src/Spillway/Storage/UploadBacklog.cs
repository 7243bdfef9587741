namespace Spillway.Storage;

/// <summary>
/// What waits for the store, the oldest first: see docs/decisions/0012 for why. Pure: no clock, no I/O, no lock.
/// </summary>
internal sealed class UploadBacklog(UploadPace pace)
{
    /// <summary>
    /// A segment may wait so long, and as long as the store has been away besides. A line that is too slow for good must not
    /// let viewers fall ever further behind.
    /// </summary>
    public static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(60);

    /// <summary>After this the slate's own maker says why there is none, and tries again.</summary>
    public static readonly TimeSpan LongestInBackground = TimeSpan.FromSeconds(30);

    private readonly SortedSet<PendingUpload> _waiting = new(PendingUpload.OldestFirst);
    private int _probes;

    public int Count => _waiting.Count;

    public int UnderWay { get; private set; }

    /// <summary>Nothing waits and nothing is under way.</summary>
    public bool IsEmpty => _waiting.Count == 0 && UnderWay == 0;

    /// <summary>Something is under way, or may go.</summary>
    public bool IsAtWork(TimeSpan now) => UnderWay > 0 || _waiting.Any(upload => upload.NotBefore <= now);

    /// <summary>How long the store has been away since the backlog was last empty.</summary>
    public TimeSpan Outages { get; private set; }

    /// <summary>How long what waits longest has waited; zero when nothing waits.</summary>
    public TimeSpan Lag(TimeSpan now) => Oldest is { } oldest ? now - oldest.Since : TimeSpan.Zero;

    public void Add(PendingUpload upload) => _waiting.Add(upload);

    public bool Remove(PendingUpload upload) => _waiting.Remove(upload);

    /// <summary>The one that goes now; null: none may, or none is due.</summary>
    public PendingUpload? Begin(TimeSpan now)
    {
        if (pace.Room(UnderWay, now) == 0 || Due(now) is not { } next)
            return null;
        _waiting.Remove(next);
        UnderWay++;
        next.Tries++;
        next.FirstTryAt ??= now;
        next.Beside = UnderWay;
        return next;
    }

    /// <summary>One that was under way is over, and does not come back.</summary>
    public void End()
    {
        UnderWay--;
        if (IsEmpty)
            Outages = TimeSpan.Zero;
    }

    /// <summary>One that was under way waits again.</summary>
    public void Return(PendingUpload upload, TimeSpan notBefore)
    {
        UnderWay--;
        upload.NotBefore = notBefore;
        _waiting.Add(upload);
    }

    /// <summary>The store was away for so long: what waited meanwhile may be as much older, and need not go on waiting.</summary>
    public void Forgive(TimeSpan outage)
    {
        Outages += outage;
        foreach (var upload in _waiting)
            upload.Forgive();
    }

    /// <summary>Takes out what has waited too long.</summary>
    public PendingUpload? TakeTooLate(TimeSpan now)
    {
        if (_waiting.Max is { Kind: UploadKind.Background } last && FirstInBackground(last) is var first)
        {
            if (now - first.Since > LongestInBackground && _waiting.Remove(first))
                return first;
        }
        if (pace.IsAway)
            return null;
        // A section that alone cannot be stored must not hold up the show for ever.
        foreach (var oldest in _waiting.TakeWhile(static upload => upload.Kind == UploadKind.Section).Append(Oldest))
        {
            if (oldest is not null && now - oldest.Since > LongestLag + Outages && _waiting.Remove(oldest))
                return oldest;
        }
        return null;
    }

    /// <summary>Takes out what is missed least: what can wait, else what has waited longest.</summary>
    public PendingUpload? TakeForRoom()
    {
        var taken = _waiting.Max is { Kind: UploadKind.Background } background ? background : Oldest;
        if (taken is not null)
            _waiting.Remove(taken);
        return taken;
    }

    /// <summary>When something is to be looked at again, if nothing is answered before; null: never.</summary>
    public TimeSpan? NextAt(TimeSpan now)
    {
        if (_waiting.Count == 0)
            return null;
        var next = TimeSpan.MaxValue;
        if (!pace.IsAway && _waiting.Min is { Kind: not UploadKind.Background } first)
            next = Earlier(next, first.Since + LongestLag + Outages);
        if (!pace.IsAway && Oldest is { } oldest)
            next = Earlier(next, oldest.Since + LongestLag + Outages);
        if (_waiting.Max is { Kind: UploadKind.Background } last)
            next = Earlier(next, FirstInBackground(last).Since + LongestInBackground);
        if (now < pace.NotBefore)
            next = Earlier(next, pace.NotBefore);
        else if (pace.Room(UnderWay, now) > 0)
            next = Earlier(next, _waiting.Min(static upload => upload.NotBefore));
        return next;
    }

    /// <summary>
    /// The oldest that is due. While the store refuses the newest: none of one key may follow for a second, and what is listed first once it is back
    /// must not wait for that. While it does not answer in time every second try is of another that was tried least: if one object alone is too
    /// much for the line, the others must not wait for it.
    /// </summary>
    private PendingUpload? Due(TimeSpan now)
    {
        var due = _waiting.Where(upload => upload.NotBefore <= now);
        if (!pace.IsAway)
            return due.FirstOrDefault();
        if (!pace.HasTimedOut)
            return due.LastOrDefault();
        return ++_probes % 2 == 0 ? due.MinBy(static upload => upload.Tries) : due.FirstOrDefault();
    }

    /// <summary>Of the show's segments.</summary>
    private PendingUpload? Oldest =>
        _waiting.SkipWhile(static upload => upload.Kind == UploadKind.Section).FirstOrDefault()
            is { Kind: UploadKind.Segment } oldest
            ? oldest
            : null;

    private PendingUpload FirstInBackground(PendingUpload last) =>
        _waiting.Reverse().TakeWhile(static upload => upload.Kind == UploadKind.Background).LastOrDefault(last);

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
