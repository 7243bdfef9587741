using System.Globalization;

namespace Spillway.Storage;

/// <summary>Whether uploads take so much of the media's time that a little more would be too much. Pure.</summary>
internal sealed class UploadSpeed
{
    /// <summary>The mean is that of the last so many.</summary>
    private const int Kept = 10;
    private const int FewestForMean = 3;
    private const double TooSlow = 0.7;
    private const double FastAgain = 0.5;

    private readonly Queue<double> _last = new(Kept);

    /// <summary>What the operator should do; null when all is well.</summary>
    public string? Advice { get; private set; }

    /// <summary>Of upload time to media time; null: too few have come.</summary>
    public double? Mean => _last.Count < FewestForMean ? null : _last.Average();

    /// <returns>Whether advice has just been given.</returns>
    public bool Note(TimeSpan upload, TimeSpan media)
    {
        if (media <= TimeSpan.Zero)
            return false;
        if (_last.Count == Kept)
            _last.Dequeue();
        _last.Enqueue(upload / media);
        if (_last.Count < Kept)
            return false;
        var mean = _last.Average();
        if (mean < FastAgain)
            Advice = null;
        if (mean <= TooSlow)
            return false;
        var isNew = Advice is null;
        Advice = string.Create(
            CultureInfo.InvariantCulture,
            $"Uploading a segment takes {mean:0.00} of the time it plays; above 1 viewers see gaps. "
                + $"Use a line with a faster upload, a nearer store, fewer renditions or a lower bit rate."
        );
        return isNew;
    }
}
