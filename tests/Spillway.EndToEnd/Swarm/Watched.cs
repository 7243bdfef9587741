using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd.Swarm;

/// <summary>One viewer of a swarm with what it said of itself from time to time.</summary>
internal sealed class Watched(Viewer viewer, TimeSpan opened)
{
    private readonly List<(TimeSpan At, ViewerFigures Figures)> _samples = [];

    public Viewer Viewer => viewer;

    /// <summary>In the time of the run.</summary>
    public TimeSpan Opened => opened;

    public ViewerFigures Last => _samples[^1].Figures;

    public async Task SampleAsync(TimeSpan now) => _samples.Add((now, await viewer.FiguresAsync()));

    public IEnumerable<ViewerFigures> Since(TimeSpan from) =>
        _samples.Where(sample => sample.At >= from).Select(static sample => sample.Figures);

    /// <summary>What was added between two moments, by the samples next to them.</summary>
    public Gain GainOf(TimeSpan from, TimeSpan to)
    {
        var within = _samples.Where(sample => sample.At >= from && sample.At <= to).ToList();
        if (within.Count == 0)
            return default;
        var first = from <= opened ? null : within[0].Figures;
        var last = within[^1].Figures;
        return new Gain(
            last.BytesFromPeers - (first?.BytesFromPeers ?? 0),
            last.BytesFromEdge - (first?.BytesFromEdge ?? 0),
            last.Stalls - (first?.Stalls ?? 0)
        );
    }
}

/// <summary>Bytes of segments by way, and interruptions.</summary>
internal readonly record struct Gain(long FromPeers, long FromEdge, int Stalls)
{
    /// <summary>Of all segment bytes, 0 to 1.</summary>
    public double EdgeShare => FromPeers + FromEdge == 0 ? 0 : (double)FromEdge / (FromPeers + FromEdge);

    public static Gain operator +(Gain a, Gain b) => new(a.FromPeers + b.FromPeers, a.FromEdge + b.FromEdge, a.Stalls + b.Stalls);
}
