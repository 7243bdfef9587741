namespace Spillway.Media;

/// <summary>Timed ID3, subtitles, SCTE-35 and whatever else a program carries beside picture and sound.</summary>
internal sealed class OtherPesTrack(int pid) : PesTrack(pid)
{
    public override TrackReport Report(ref Findings findings) =>
        new()
        {
            Kind = TrackKind.Other,
            Id = Pid,
            Samples = Packets,
            FirstTimestamp = ToTimestamp(Times.Earliest),
        };

    protected override void Begin(long? time) { }

    protected override void Append(ReadOnlySpan<byte> data) { }

    protected override void End() { }
}
