namespace Spillway.EndToEnd.Viewers;

/// <summary>How the picture went on, from samples of its position.</summary>
/// <param name="Seconds">Looked at.</param>
/// <param name="Played">Seconds by which the position rose, jumps not counted.</param>
/// <param name="LongestStall">Seconds in which the position stayed where it was.</param>
/// <param name="Jumps">How often the position changed by more than passing time explains.</param>
/// <param name="Rates">Every playbackRate seen.</param>
/// <param name="Frames">Decoded in that time.</param>
/// <param name="UsualSpeed">
/// Seconds played in a second, the median over stretches of two seconds: a machine that is busy elsewhere for a moment does not
/// show in it, a drift does.
/// </param>
internal sealed record Playback(
    double Seconds,
    double Played,
    double LongestStall,
    int Jumps,
    string Rates,
    long Frames,
    double UsualSpeed
)
{
    /// <summary>Samples in two seconds.</summary>
    private const int Stretch = 10;

    /// <summary>Seconds: two samples, and the beat of the timer that takes them on a busy machine.</summary>
    private const double Noise = 0.6;

    /// <summary>Seconds played in a second: 1 when all is well.</summary>
    public double Speed => Seconds > 0 ? Played / Seconds : 0;

    /// <param name="samples">In order.</param>
    /// <param name="since">Milliseconds since the page was opened.</param>
    public static Playback Of(IReadOnlyList<PlaybackSample> samples, double since)
    {
        var looked = samples.Where(sample => sample.At >= since).ToList();
        var (played, still, longest, jumps) = (0.0, 0.0, 0.0, 0);
        for (var index = 1; index < looked.Count; index++)
        {
            var passed = (looked[index].At - looked[index - 1].At) / 1000;
            var moved = looked[index].Position - looked[index - 1].Position;
            var isJump = moved < 0 || moved > passed + Noise;
            jumps += isJump ? 1 : 0;
            played += isJump ? 0 : moved;
            still = moved == 0 ? still + passed : 0;
            longest = Math.Max(longest, still);
        }
        return new Playback(
            looked.Count > 1 ? (looked[^1].At - looked[0].At) / 1000 : 0,
            played,
            longest,
            jumps,
            string.Join(" ", looked.Select(sample => sample.Rate).Distinct().Order()),
            looked.Count > 1 ? looked[^1].Frames - looked[0].Frames : 0,
            Median(looked)
        );
    }

    private static double Median(List<PlaybackSample> samples)
    {
        var speeds = samples
            .Zip(samples.Skip(Stretch))
            .Select(pair => 1000 * (pair.Second.Position - pair.First.Position) / (pair.Second.At - pair.First.At))
            .Order()
            .ToList();
        return speeds.Count > 0 ? speeds[speeds.Count / 2] : 0;
    }
}
