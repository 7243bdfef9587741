using System.Globalization;

namespace Spillway.Sources.Rtmp;

/// <summary>Measures how far apart an encoder's keyframes are. Segments can be no shorter; players start and change at them only.</summary>
/// <param name="wished">How long segments should be.</param>
internal sealed class KeyframeInterval(TimeSpan wished)
{
    /// <summary>Encoders also make keyframes where pictures change: the longest of so many counts.</summary>
    private const int Remembered = 4;

    /// <summary>Shorter changes of the measured interval are not worth another word.</summary>
    private static readonly TimeSpan Matters = TimeSpan.FromSeconds(1);

    private readonly Queue<TimeSpan> _latest = new();
    private readonly TimeSpan _limit = 2 * wished > TimeSpan.FromSeconds(4) ? 2 * wished : TimeSpan.FromSeconds(4);
    private TimeSpan _told;

    /// <summary>What the operator should change; null when nothing.</summary>
    public string? Advice { get; private set; }

    /// <summary>It has been measured.</summary>
    public bool IsKnown => _latest.Count > 0;

    /// <summary>A keyframe has come, so long after the one before it.</summary>
    public void Add(TimeSpan interval)
    {
        _latest.Enqueue(interval);
        if (_latest.Count > Remembered)
            _latest.Dequeue();
        var longest = _latest.Max();
        if (longest <= _limit + TimeSpan.FromSeconds(0.1))
            (Advice, _told) = (null, TimeSpan.Zero);
        else if ((longest - _told).Duration() >= Matters)
            (Advice, _told) = (Say(longest), longest);
    }

    private string Say(TimeSpan longest) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the encoder's keyframe interval is {longest.TotalSeconds:0.#} s: set it to {wished.TotalSeconds:0.#} s (OBS: Settings, Output, Keyframe Interval)"
        );
}
