using System.Globalization;
using System.Net;
using System.Text;
using Spillway.Bench.Tracker;
using Spillway.Tracker;

namespace Spillway.Bench.SwarmSimulation;

/// <summary>
/// A viewer as the tracker meets it: five offers in every announce, an answer to every offer after 0.2 s, the next announce after the
/// interval of any message, never a <c>stopped</c>. With hardly a connection it announces sooner.
/// </summary>
internal sealed class ViewerSocket(SwarmTracker tracker, SimulatedViewer viewer, IPAddress address)
    : TrackerConnection(NetworkPlace.Of(address, ListedNetworks.None))
{
    private const double AnswersAfter = 0.2;

    /// <summary>Seconds. The player looks every second.</summary>
    private const double LooksEvery = 2;

    private readonly PartnerSearch _search = new(tracker.Random);
    private readonly byte[] _peerId = Encoding.ASCII.GetBytes(viewer.PeerId);
    private int _timer;
    private int _members;

    public SimulatedViewer Viewer => viewer;
    public override bool IsOpen => viewer.IsHere;
    public TrackerId Id => new(_peerId);

    public override bool TrySend(in TrackerReply reply)
    {
        if (!IsOpen)
            return false;
        tracker.CountOut(in reply);
        if (reply.Kind is TrackerReplyKind.Announced)
            _members = reply.Count.Complete + reply.Count.Incomplete;
        if (reply.Interval > 0)
            AnnounceIn(reply.Interval);
        var (from, offerId) = (reply.PeerId, reply.OfferId);
        if (reply.Kind is TrackerReplyKind.Offer)
            tracker.Queue.In(AnswersAfter, () => Answer(from, offerId));
        else if (reply.Kind is TrackerReplyKind.Answer)
            tracker.Introduce(viewer, from);
        return true;
    }

    public void Announce()
    {
        if (!IsOpen)
            return;
        var message = tracker.Buffer.AsSpan();
        tracker.Receive(this, message[..tracker.Messages.WriteAnnounce(_peerId, tracker.NextOffer++, message)]);
    }

    /// <summary>From now on for as long as it is here.</summary>
    public void LookForPartners()
    {
        if (!IsOpen)
            return;
        if (_search.IsDue(tracker.Queue.Now, viewer.Links.Count, _members))
            Announce();
        tracker.Queue.In(LooksEvery, LookForPartners);
    }

    private void AnnounceIn(int seconds)
    {
        var timer = ++_timer;
        tracker.Queue.In(
            seconds,
            () =>
            {
                if (_timer == timer)
                    Announce();
            }
        );
    }

    private void Answer(TrackerId asker, TrackerId offerId)
    {
        if (!IsOpen)
            return;
        Span<byte> to = stackalloc byte[TrackerId.Size];
        Span<byte> offer = stackalloc byte[TrackerId.Size];
        asker.CopyTo(to);
        offerId.CopyTo(offer);
        var message = tracker.Buffer.AsSpan();
        tracker.Receive(this, message[..tracker.Messages.WriteAnswer(_peerId, to, offer, message)]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"viewer {viewer.Number}");
}
