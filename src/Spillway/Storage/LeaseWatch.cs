using System.Globalization;

namespace Spillway.Storage;

/// <summary>Whether an instance's own source delivers.</summary>
/// <param name="IsAway">It is known not to; a source that has just been asked is neither away nor live.</param>
/// <param name="LiveFor">For how long, without a break; null: it is away.</param>
/// <param name="LastSegment">How long ago its last segment came.</param>
internal readonly record struct SourceSight(bool IsAway, TimeSpan? LiveFor, TimeSpan LastSegment);

/// <summary>
/// What a waiting instance knows of the lease, and whether it may take it. Pure: times are given, and of one monotonic clock. Wall
/// clocks play no part, so they may be wrong.
/// </summary>
internal sealed class LeaseWatch
{
    private bool _hasLooked;
    private string? _playlistETag;
    private TimeSpan _lookBegan;

    /// <summary>When looks began to fail; null: the last one did not.</summary>
    private TimeSpan? _blindSince;

    /// <summary>The first look after so long a time without any that the writer, too, may not have had the store.</summary>
    private TimeSpan? _sightSince;

    /// <summary>The lease as last seen; null when there is none, or what is there is no lease.</summary>
    public LeaseDocument? Document { get; private set; }

    /// <summary>Its ETag; null when there is none.</summary>
    public string? ETag { get; private set; }

    /// <summary>When the present state was first seen.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>Since when the source has been seen marked away; null: it is not.</summary>
    public TimeSpan? AwaySince { get; private set; }

    /// <summary>What has to pass without a change.</summary>
    public TimeSpan Duration =>
        Document is { } document
            ? TimeSpan.FromSeconds(Math.Clamp(document.Duration, 0, LeaseTimes.Longest.TotalSeconds))
            : LeaseTimes.Idle;

    public string Writer => Document?.Writer ?? "unknown";

    /// <summary>Takes a look into account: both ETags were had from the store.</summary>
    /// <param name="lease">Null when there is none.</param>
    /// <param name="playlistETag">Of the playlist that the lease names; null when it names none or there is none.</param>
    /// <param name="began">When the look began.</param>
    /// <param name="now">When it was over.</param>
    public void See(StoredObject? lease, string? playlistETag, TimeSpan began, TimeSpan now)
    {
        var document = lease is null ? null : LeaseDocument.Read(lease.Body.Span);
        if (!_hasLooked || lease?.ETag != ETag || playlistETag != _playlistETag)
        {
            // The change is older than this, so that who counts from here counts too long rather than too short.
            Since = now;
        }
        AwaySince =
            document?.Source == LeaseDocument.Away
                ? AwaySince is { } since && document.Epoch == Document?.Epoch
                    ? since
                    : now
                : null;
        (_hasLooked, Document, ETag, _playlistETag, _lookBegan) = (true, document, lease?.ETag, playlistETag, began);
        if (_blindSince is { } blind && now - blind >= LeaseTimes.Blind)
            _sightSince = began;
        _blindSince = null;
    }

    /// <summary>A look has failed.</summary>
    public void Miss(TimeSpan now) => _blindSince ??= now;

    /// <summary>Why the lease may be taken now, in words that complete "because …"; null when it may not.</summary>
    /// <param name="isOwn">The writer it names is this instance.</param>
    /// <param name="source">Of this instance.</param>
    /// <param name="yielded">When this instance last lost the lease to another.</param>
    /// <param name="now">The time.</param>
    public string? MayTake(Func<LeaseDocument, bool> isOwn, SourceSight source, TimeSpan? yielded, TimeSpan now)
    {
        if (!_hasLooked)
            return null;
        if (ETag is null)
            return "nobody had the lease";
        if (Document is { } own && isOwn(own))
            return "the lease was its own already";
        if (Document is { IsReleased: true } released)
            return $"instance {released.Writer} had given the lease back";
        // The look that saw no change must have begun after the time had passed: what it saw is from then on.
        if (_lookBegan - Since >= Duration && !(_lookBegan - _sightSince < LeaseTimes.Blind))
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the lease of instance {Writer} had not been renewed for {(_lookBegan - Since).TotalSeconds:0.0} s"
            );
        if (
            AwaySince is { } away
            && now - away >= LeaseTimes.Settling
            && source.LiveFor >= LeaseTimes.Settling
            // It has brought something since: it is not just that nobody has noticed yet.
            && now - source.LastSegment > away
            && !(now - yielded < LeaseTimes.CoolDown)
        )
            return $"the source of instance {Writer} was away and this one's delivers";
        return null;
    }

    /// <summary>When the next look is due.</summary>
    public TimeSpan NextLook(TimeSpan now)
    {
        var regular = LeaseTimes.LookEvery(AwaySince is null ? Duration : LeaseTimes.OnAir);
        var expires = Since + Duration - now;
        // A look that begins a moment before the expiry would be in vain.
        return expires > TimeSpan.Zero && expires < regular ? expires + TimeSpan.FromMilliseconds(5) : regular;
    }

    /// <summary>Forget: the lease was this instance's, and is not any more.</summary>
    public void Reset()
    {
        (_hasLooked, Document, ETag, _playlistETag, AwaySince) = (false, null, null, null, null);
        (_blindSince, _sightSince) = (null, null);
    }
}
