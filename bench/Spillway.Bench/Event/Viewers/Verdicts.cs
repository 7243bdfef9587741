using System.Diagnostics;

namespace Spillway.Bench.Event.Viewers;

/// <summary>What viewers had to complain of. A good run has nothing but ages.</summary>
internal sealed class Verdicts
{
    private const int Kept = 20;
    private const int BinsPerSecond = 10;

    private readonly Lock _noting = new();
    private readonly List<string> _texts = [];
    private readonly long[] _ages = new long[60 * BinsPerSecond];
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Answers of 404.</summary>
    public long NotFound { get; private set; }

    /// <summary>No answer, a broken one, or another status.</summary>
    public long Missing { get; private set; }

    /// <summary>Bytes that are not those of the name, or no playlist.</summary>
    public long Wrong { get; private set; }

    /// <summary>WebSockets that were refused, or ended without a reason of ours.</summary>
    public long Sockets { get; private set; }

    /// <summary>Moments at which a viewer was more than two target durations behind.</summary>
    public long Stale { get; private set; }

    /// <summary>The longest that a viewer was behind what was published.</summary>
    public TimeSpan Behind { get; private set; }

    /// <summary>The oldest playlist that the edge gave: for so long a newer one had been stored.</summary>
    public TimeSpan OldestAnswer { get; private set; }

    /// <summary>The first ones, in words.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_noting)
                return [.. _texts];
        }
    }

    public bool IsClean => NotFound + Missing + Wrong + Sockets + Stale == 0;

    public void NoteNotFound(string path) => Note(() => NotFound++, $"404: {path}");

    public void NoteMissing(string path, string reason) => Note(() => Missing++, $"{reason}: {path}");

    public void NoteWrong(string path, string reason) => Note(() => Wrong++, $"{reason}: {path}");

    public void NoteSocket(string text) => Note(() => Sockets++, text);

    /// <param name="path">The playlist's.</param>
    /// <param name="viewer">For how long the viewer has not known what was stored; null: it has only just come.</param>
    /// <param name="answer">The same of the answer by itself.</param>
    /// <param name="most">What a viewer may be behind.</param>
    public void NoteAge(string path, TimeSpan? viewer, TimeSpan answer, TimeSpan most)
    {
        lock (_noting)
        {
            OldestAnswer = answer > OldestAnswer ? answer : OldestAnswer;
            if (viewer is not { } behind)
                return;
            Behind = behind > Behind ? behind : Behind;
            _ages[Math.Min(_ages.Length - 1, (int)(behind.TotalSeconds * BinsPerSecond))]++;
            if (behind <= most)
                return;
        }
        Note(() => Stale++, FormattableString.Invariant($"{viewer.Value.TotalSeconds:0.0} s behind: {path}"));
    }

    /// <summary>Seconds that viewers were behind at most in so many of 100 cases, just before they heard of what was new.</summary>
    public double Percentile(double share)
    {
        lock (_noting)
        {
            var left = (long)Math.Ceiling(share * _ages.Sum());
            for (var bin = 0; bin < _ages.Length; bin++)
            {
                left -= _ages[bin];
                if (left <= 0)
                    return (bin + 1.0) / BinsPerSecond;
            }
            return _ages.Length / (double)BinsPerSecond;
        }
    }

    private void Note(Action count, string text)
    {
        lock (_noting)
        {
            count();
            if (_texts.Count < Kept)
                _texts.Add(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(_start).TotalSeconds:0.0} s  {text}"));
        }
    }
}
