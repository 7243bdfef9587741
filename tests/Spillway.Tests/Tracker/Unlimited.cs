using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary>A tracker that a test may ask more of than a browser ever does.</summary>
internal static class Unlimited
{
    public static TrackerOptions Tracker { get; } =
        new()
        {
            MessagesPerMinute = 1_000_000,
            OffersPerMinute = 1_000_000,
            OffersPerMinutePerAddress = 100_000_000,
            OffersPerMinuteToPeer = 1_000_000,
        };
}
