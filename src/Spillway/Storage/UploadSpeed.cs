using System.Globalization;

namespace Spillway.Storage;

/// <summary>Whether uploads take so much of the media's time that a little more would be too much. Pure.</summary>
internal sealed class UploadSpeed
{
    /// <summary>Uploads looked at before anything is said.</summary>
    private const int Least = 10;
    private const double TooSlow = 0.7;
    private const double FastAgain = 0.5;

    private int _count;
    private double _mean;

    /// <summary>What the operator should do; null when all is well.</summary>
    public string? Advice { get; private set; }

    /// <returns>Whether advice has just been given.</returns>
    public bool Note(TimeSpan upload, TimeSpan media)
    {
        if (media <= TimeSpan.Zero)
            return false;
        _count++;
        // The last ten or so count.
        _mean += (upload / media - _mean) / Math.Min(_count, Least);
        if (_count < Least)
            return false;
        if (_mean < FastAgain)
            Advice = null;
        if (_mean <= TooSlow)
            return false;
        var isNew = Advice is null;
        Advice = string.Create(
            CultureInfo.InvariantCulture,
            $"Uploading a segment takes {_mean:0.00} of the time it plays; above 1 viewers see gaps. "
                + "Use a line with a faster upload, a nearer store, fewer renditions or a lower bit rate."
        );
        return isNew;
    }
}
