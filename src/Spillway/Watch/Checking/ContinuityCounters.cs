namespace Spillway.Watch.Checking;

/// <summary>
/// The continuity counters of one MPEG-TS segment (ISO/IEC 13818-1 2.4.3.3): four bits for each PID, one more at each packet with a
/// payload.
/// </summary>
internal sealed class ContinuityCounters
{
    private const int PacketLength = 188;
    private const int NullPackets = 0x1FFF;

    private readonly Dictionary<int, (Packet First, int Last, int Count)> _pids = [];

    /// <summary>The first break within the segment; null for none.</summary>
    public string? Break { get; private set; }

    public static ContinuityCounters Read(ReadOnlySpan<byte> segment)
    {
        var counters = new ContinuityCounters();
        for (; segment.Length >= PacketLength && segment[0] == 0x47; segment = segment[PacketLength..])
            counters.Add(segment[..PacketLength]);
        return counters;
    }

    /// <summary>Where the next segment does not go on; null when it does.</summary>
    public string? BreakBefore(ContinuityCounters next)
    {
        foreach (var (pid, (first, _, count)) in next._pids)
        {
            if (!_pids.TryGetValue(pid, out var known) || GoesOn(known.Last, first))
                continue;
            // A packet may be sent twice: so nginx's module sends its tables, once a segment and with the same number.
            if (count > 1 || known.Count > 1 || first.Counter != known.Last)
                return Message(pid, known.Last, first.Counter);
        }

        return null;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        var pid = (bytes[1] & 0x1F) << 8 | bytes[2];
        if (pid == NullPackets)
            return;
        var hasAdaptation = (bytes[3] & 0x20) != 0;
        var packet = new Packet(
            bytes[3] & 0x0F,
            HasPayload: (bytes[3] & 0x10) != 0,
            IsMarked: hasAdaptation && bytes[4] > 0 && (bytes[5] & 0x80) != 0
        );
        if (!_pids.TryGetValue(pid, out var known))
            _pids[pid] = (packet, packet.Counter, 1);
        else
        {
            // A packet may be sent twice.
            if (!GoesOn(known.Last, packet) && packet.Counter != known.Last)
                Break ??= Message(pid, known.Last, packet.Counter);
            _pids[pid] = (known.First, packet.Counter, known.Count + 1);
        }
    }

    private static bool GoesOn(int last, Packet next) =>
        next.IsMarked || next.Counter == (next.HasPayload ? (last + 1) & 0x0F : last);

    private static string Message(int pid, int last, int next) =>
        $"the continuity counter of PID {pid} goes from {last} to {next}";

    /// <param name="IsMarked">discontinuity_indicator: a break is meant.</param>
    private readonly record struct Packet(int Counter, bool HasPayload, bool IsMarked);
}
