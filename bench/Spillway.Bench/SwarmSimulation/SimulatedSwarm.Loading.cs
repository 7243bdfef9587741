namespace Spillway.Bench.SwarmSimulation;

/// <content>How a player loads: p2p-media-loader's queue with the rules of <c>web/player/src/p2p</c>.</content>
internal sealed partial class SimulatedSwarm
{
    /// <summary>The loader's own limits.</summary>
    private const int EdgeLoads = 2;
    private const int PeerLoads = 3;

    /// <summary>The player's (<c>upload-slots.ts</c>).</summary>
    private const int Uploads = 2;

    /// <summary>The loader's <c>processQueue</c>: what is urgent comes from the edge, the rest from peers that have it.</summary>
    private void Consider(SimulatedViewer viewer)
    {
        if (!viewer.IsHere)
            return;
        viewer.SkipWhatIsHere();
        var isWanted = false;
        for (var number = viewer.Next; number <= viewer.Listed; number++)
        {
            if (viewer.Here.Contains(number))
                continue;
            var load = viewer.LoadOf(number);
            if (viewer.UrgentAt(number) > _queue.Now)
                isWanted |= load is null && !TryPeers(viewer, number);
            else if (load is not { Link: null })
                Hurry(viewer, number, load);
        }
        if (isWanted && viewer.Line.Uploads)
            _clock.Add(viewer);
    }

    private void Hurry(SimulatedViewer viewer, int number, Load? load)
    {
        if (viewer.CountLoads(fromEdge: true) < EdgeLoads)
        {
            if (load is not null)
                BreakOff(load);
            LoadFromEdge(viewer, number, ReasonOf(viewer, number));
        }
        else if (load is null)
        {
            TryPeers(viewer, number);
        }
    }

    private static EdgeReason ReasonOf(SimulatedViewer viewer, int number) =>
        number <= viewer.ListedAtStart ? EdgeReason.Start
        : viewer.Links.Count == 0 ? EdgeReason.Alone
        : EdgeReason.Urgent;

    /// <summary>One look at whose turn it is; false when nothing is wanted ahead of time.</summary>
    private bool LookForTurn(SimulatedViewer viewer)
    {
        if (!viewer.IsHere)
            return false;
        var (now, isWanted) = (_queue.Now, false);
        viewer.Turns.Begin();
        for (var number = viewer.Next; number <= viewer.Listed; number++)
        {
            if (viewer.Here.Contains(number) || viewer.UrgentAt(number) <= now || viewer.LoadOf(number) is not null)
                continue;
            isWanted = true;
            // Alone there is nobody to fetch for.
            if (viewer.Links.Count == 0)
                continue;
            var isDue = viewer.Turns.IsDue(now, number, viewer.HoldingOf(number, now), viewer.PlaceFor(number, now));
            if (isDue && viewer.CountLoads(fromEdge: true) < EdgeLoads)
                LoadFromEdge(viewer, number, EdgeReason.Turn);
        }
        viewer.Turns.End();
        return isWanted;
    }

    private void LoadFromEdge(SimulatedViewer viewer, int number, EdgeReason reason)
    {
        Tally.EdgeCopy(viewer.Number, number, reason);
        var load = new Load(viewer, number, null, _queue.Now);
        viewer.Loads.Add(load);
        Announce(viewer);
        _queue.In(_scenario.EdgeDelay, () => Begin(load));
    }

    private bool TryPeers(SimulatedViewer viewer, int number)
    {
        if (viewer.CountLoads(fromEdge: false) >= PeerLoads || ChoosePeer(viewer, number) is not { } link)
            return false;
        var load = new Load(viewer, number, link, _queue.Now);
        viewer.Loads.Add(load);
        link.Load = load;
        _queue.In(_scenario.PeerDelay, () => Ask(load));
        return true;
    }

    /// <summary>
    /// The loader's draw, by the speed of a peer's last segment: one that has none, or a slow one, gets a tenth of the fastest's weight,
    /// less when there are many of them.
    /// </summary>
    private PeerLink? ChoosePeer(SimulatedViewer viewer, int number)
    {
        var (count, fastest) = (0, 0d);
        foreach (var link in viewer.Links)
        {
            if (link.Load is not null || !link.Loaded.Contains(number))
                continue;
            count++;
            fastest = Math.Max(fastest, link.Speed);
        }
        if (count == 0)
            return null;
        var least = fastest > 0 ? LeastWeight(viewer, number, 0.1 * fastest) : 1;
        var total = 0d;
        PeerLink? chosen = null;
        foreach (var link in viewer.Links)
        {
            if (link.Load is not null || !link.Loaded.Contains(number))
                continue;
            var weight = Math.Max(link.Speed, least);
            total += weight;
            if (_random.NextDouble() * total < weight)
                chosen = link;
        }
        return chosen;
    }

    private static double LeastWeight(SimulatedViewer viewer, int number, double least)
    {
        var (unproven, proven) = (0, 0d);
        foreach (var link in viewer.Links)
        {
            if (link.Load is not null || !link.Loaded.Contains(number))
                continue;
            if (link.Speed <= least)
                unproven++;
            else
                proven += link.Speed;
        }
        return unproven > 0 && unproven * least > proven ? proven / unproven : least;
    }

    /// <summary>The request has reached the peer, who has it and has room, or says no.</summary>
    private void Ask(Load load)
    {
        if (load.IsOver)
            return;
        var peer = load.From!;
        if (peer.Line.Uploads && peer.Here.Contains(load.Number) && peer.Outgoing.Count < Uploads)
        {
            Begin(load);
            return;
        }
        peer.HasTurnedAway = true;
        _queue.In(_scenario.PeerDelay, () => Refused(load));
    }

    private void Refused(Load load)
    {
        if (load.IsOver)
            return;
        End(load);
        load.Link!.Loaded.Remove(load.Number);
        load.To.NoteTurnedAway(load.Number, _queue.Now);
        Consider(load.To);
    }

    private void Begin(Load load)
    {
        if (!load.IsOver)
            _lines.Start(load, _timing.SegmentBits, Arrived);
    }

    private void Arrived(Load load)
    {
        End(load);
        var viewer = load.To;
        if (load.Link is { } link)
        {
            link.Speed = _timing.SegmentBits / (_queue.Now - load.Since);
            viewer.Blame.Delivered(link.Other);
        }
        viewer.Here.Add(load.Number);
        NoteLateness(viewer, load.Number);
        Announce(viewer);
        Consider(viewer);
    }

    /// <summary>Playback stood still for so long, and stays that much further behind; who is too far behind jumps.</summary>
    private void NoteLateness(SimulatedViewer viewer, int number)
    {
        if (number < viewer.First)
            return;
        var late = Math.Max(_queue.Now - viewer.DueAt(number), 0);
        viewer.Latency += late;
        // Until the first segment is here, it is starting.
        Tally.Arrived(number == viewer.First ? 0 : late);
        if (viewer.Latency <= _timing.MostLatency)
            return;
        viewer.Latency = viewer.OwnLatency;
        viewer.First = (int)Math.Ceiling((_queue.Now - viewer.Latency) / _timing.Segment);
    }

    /// <summary>A peer was still sending when the segment became urgent.</summary>
    private void BreakOff(Load load)
    {
        End(load);
        var (time, viewer, peer) = (_queue.Now - load.Since, load.To, load.From!);
        var bits = _timing.SegmentBits - load.Left;
        if (!load.WasSent || time < 0.5 * _timing.Segment || bits >= _timing.Bitrate * time)
            return;
        if (viewer.Blame.Fault(peer, _queue.Now) && viewer.LinkTo(peer) is { } link)
            _queue.In(0, () => Ban(viewer, link));
    }

    private void Ban(SimulatedViewer viewer, PeerLink link)
    {
        if (viewer.Links.Contains(link))
            Disconnect(viewer, link);
    }

    /// <summary>However it ended, its line and its place are free.</summary>
    private void End(Load load)
    {
        if (load.IsOver)
            return;
        load.IsOver = true;
        load.To.Loads.Remove(load);
        var wasFlowing = load.Flows;
        _lines.End(load, Arrived);
        if (wasFlowing)
            Tally.Bits(load.From?.Number, _timing.SegmentBits - load.Left);
        if (load.Link is not { } link)
            return;
        link.Load = null;
        if (!wasFlowing || !link.Other.HasTurnedAway)
            return;
        link.Other.HasTurnedAway = false;
        Announce(link.Other);
    }
}
