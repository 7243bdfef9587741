namespace Spillway.Cost;

/// <summary>What the server itself does for an event.</summary>
/// <param name="Requests">HTTP requests, WebSockets that are opened included.</param>
/// <param name="BytesOut">To viewers and supervisors: signalling and reports.</param>
/// <param name="BytesIn">From them.</param>
/// <param name="Uploads">Bytes to the store.</param>
internal sealed record ServerLoad(double Requests, double BytesOut, double BytesIn, double Uploads)
{
    private const int Reporters = 60;
    private const double ScrapeEvery = 15;
    private const double OtherRequests = 50;

    /// <summary>
    /// Of TCP's payload a viewer: for coming, when a swarm finds itself, and for each second after. From bench/results/event-40min-*.json
    /// and the five minutes in docs/benchmarks.md, with 0.15 reconnects a socket.
    /// </summary>
    private const double JoiningOut = 23_600;
    private const double ASecondOut = 5.8;
    private const double JoiningIn = 21_600;
    private const double ASecondIn = 12.7;

    private const double ScrapeBytes = 2_500;
    private const double ReportSocketBytes = 15_000;

    public static ServerLoad Of(CostPlan plan)
    {
        var sharing = plan.PeerShare > 0 ? plan.Viewers : 0;
        var sockets = (sharing + Math.Min(plan.Viewers, Reporters)) * (1 + plan.Reconnects);
        var scrapes = plan.Seconds / ScrapeEvery;
        var present = plan.Seconds * plan.Present;
        return new ServerLoad(
            sockets + scrapes + OtherRequests,
            (sharing * (JoiningOut + (ASecondOut * present))) + (scrapes * ScrapeBytes),
            (sharing * (JoiningIn + (ASecondIn * present)))
                + (Math.Min(plan.Viewers, Reporters) * (1 + plan.Reconnects) * ReportSocketBytes),
            plan.Kilobits.Sum() * 125 * plan.Seconds
        );
    }

    /// <summary>Everybody at the server, as with Owncast alone: a playlist and a segment in each segment's time.</summary>
    public static ServerLoad Before(CostPlan plan) =>
        new(2 * plan.ViewerSeconds / plan.SegmentSeconds, plan.ViewerSeconds * plan.Kilobits[0] * 125, 0, 0);
}
