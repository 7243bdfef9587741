namespace Spillway.Bench.SwarmSimulation;

/// <content>What viewers tell each other.</content>
internal sealed partial class SimulatedSwarm
{
    /// <summary>Tells all peers what is here and what is being fetched. Who passes nothing on says nothing.</summary>
    private void Announce(SimulatedViewer viewer)
    {
        if (viewer.Announces || !viewer.Line.Uploads || !viewer.IsHere)
            return;
        viewer.Announces = true;
        _queue.In(0, () => SendAnnouncement(viewer));
    }

    private void SendAnnouncement(SimulatedViewer viewer)
    {
        viewer.Announces = false;
        var (here, fetching) = (viewer.Here, default(SegmentSet));
        foreach (var load in viewer.Loads)
        {
            if (load.Link is null)
                fetching.Add(load.Number);
        }
        _queue.In(_scenario.PeerDelay, () => HearAnnouncement(viewer, here, fetching));
    }

    private void HearAnnouncement(SimulatedViewer viewer, SegmentSet here, SegmentSet fetching)
    {
        foreach (var link in viewer.Links)
        {
            (link.Back.Loaded, link.Back.Fetching) = (here, fetching);
            Consider(link.Other);
        }
    }
}
