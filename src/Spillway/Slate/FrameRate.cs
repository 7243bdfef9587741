using System.Globalization;

namespace Spillway.Slate;

/// <summary>Frames per second as a fraction, so that boundaries can be counted in whole frames.</summary>
internal readonly record struct FrameRate(int Frames, int Seconds)
{
    private static ReadOnlySpan<int> Thousands => [24, 30, 48, 60, 120];

    public double Value => (double)Frames / Seconds;

    /// <summary>The fraction that a measured rate stands for: 29.97 is 30000/1001. Between the usual ones it is taken as it is.</summary>
    public static FrameRate Near(double rate)
    {
        rate = Math.Clamp(rate, 1, 120);
        foreach (var whole in Thousands)
        {
            if (Math.Abs(rate * 1.001 / whole - 1) < 0.0004)
                return new FrameRate(whole * 1000, 1001);
        }
        var nearest = (int)Math.Round(rate);
        return Math.Abs(rate / nearest - 1) < 0.002 ? new FrameRate(nearest, 1) : new FrameRate((int)Math.Round(rate * 100), 100);
    }

    /// <summary>How long so many frames last.</summary>
    public TimeSpan Of(int frames) =>
        // To microseconds, as EXTINF is written.
        TimeSpan.FromMicroseconds(Math.Round(frames * 1e6 * Seconds / Frames));

    /// <summary>The frame that begins nearest to a time.</summary>
    public int FrameAt(TimeSpan time) => (int)Math.Round(time.TotalSeconds * Frames / Seconds);

    /// <summary>As ffmpeg takes it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Frames}/{Seconds}");
}
