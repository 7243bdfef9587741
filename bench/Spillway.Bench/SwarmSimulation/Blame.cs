namespace Spillway.Bench.SwarmSimulation;

/// <summary>
/// Whom a viewer does not trust (<c>blame.ts</c>). Nobody here lies or stalls; what is left is being slower than the stream when a segment
/// has to be fetched elsewhere because of it.
/// </summary>
internal sealed class Blame
{
    private const int DelaysToBan = 3;
    private const double BanSeconds = 300;

    private readonly Dictionary<SimulatedViewer, (int Delays, double BannedUntil)> _peers = [];

    /// <summary>True when the peer is shut out by it.</summary>
    public bool Fault(SimulatedViewer peer, double now)
    {
        var (delays, bannedUntil) = _peers.GetValueOrDefault(peer);
        var isBan = ++delays >= DelaysToBan;
        _peers[peer] = isBan ? (0, now + BanSeconds) : (delays, bannedUntil);
        return isBan;
    }

    public void Delivered(SimulatedViewer peer)
    {
        if (_peers.Count > 0 && _peers.TryGetValue(peer, out var record) && record.Delays > 0)
            _peers[peer] = (record.Delays - 1, record.BannedUntil);
    }

    public bool IsBanned(SimulatedViewer peer, double now) =>
        _peers.Count > 0 && _peers.TryGetValue(peer, out var record) && now < record.BannedUntil;

    public bool IsSuspect(SimulatedViewer peer, double now) =>
        _peers.Count > 0 && _peers.TryGetValue(peer, out var record) && (record.Delays > 0 || now < record.BannedUntil);
}
