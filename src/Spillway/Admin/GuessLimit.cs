using System.Net;
using Spillway.Tracker;

namespace Spillway.Admin;

/// <summary>
/// How often somebody may be wrong about the admin token: of one address (of IPv6 a /64), and of all together. Beyond it nothing is
/// compared any more, so that a right guess is worth as little as a wrong one. Who has signed in before is not touched by it.
/// </summary>
internal sealed class GuessLimit(TimeProvider time)
{
    /// <summary>Of one address.</summary>
    public const int PerMinute = 20;

    /// <summary>Of all: addresses cost little.</summary>
    public const int OfAllPerMinute = 120;

    private const int SecondsOfOne = 60 / PerMinute;

    private readonly Lock _gate = new();
    private readonly AddressBudgets _addresses = new(PerMinute);
    private readonly long _start = time.GetTimestamp();
    private TokenBucket _all;

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Whether what somebody shows is the token; whether it was asked at all.</summary>
    /// <param name="from">Behind a trusted proxy the client's; null: not known.</param>
    /// <param name="isRight">Compares it; called under the lock, so that many at a time are no way around the limit.</param>
    public Guess Try(IPAddress? from, Func<bool> isRight)
    {
        var address = TrackerServer.NetworkOf(from);
        lock (_gate)
        {
            if (_addresses.Left(address, Now) == 0)
                return new Guess(false, SecondsOfOne);
            if (_all.Left(OfAllPerMinute, Now) == 0)
                return new Guess(false, 1);
            if (isRight())
                return new Guess(true, null);
            _addresses.Take(address, 1, Now);
            _all.Take(1, OfAllPerMinute, Now);
            return new Guess(false, null);
        }
    }
}

/// <param name="IsRight">It was compared, and is the token.</param>
/// <param name="RetryAfter">Whole seconds; null: it was compared.</param>
internal readonly record struct Guess(bool IsRight, int? RetryAfter);
