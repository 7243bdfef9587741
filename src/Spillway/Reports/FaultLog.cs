namespace Spillway.Reports;

/// <summary>Faults of one kind, one after the other, as they begin and end. Not thread-safe.</summary>
internal sealed class FaultLog
{
    /// <summary>Spans that are told; beyond these only their number.</summary>
    private const int Most = 100;

    private readonly List<FaultSpan> _spans = [];
    private bool _isOpen;

    /// <summary>The one that is open is among the told.</summary>
    private bool _isTold;

    public IReadOnlyList<FaultSpan> Spans => [.. _spans];

    /// <summary>Left out.</summary>
    public long More { get; private set; }

    /// <summary>Puts what an earlier writer has noted before it.</summary>
    public void PutBefore(IReadOnlyList<FaultSpan> earlier) => _spans.InsertRange(0, earlier);

    /// <param name="cause">Null: there is none now.</param>
    /// <param name="now">The store's time.</param>
    public void Note(string? cause, DateTimeOffset now)
    {
        var isFault = cause is not null;
        if (isFault == _isOpen)
            return;
        _isOpen = isFault;
        if (isFault)
        {
            _isTold = _spans.Count < Most;
            if (_isTold)
                _spans.Add(new FaultSpan(now, null, cause!));
            else
                More++;
        }
        else if (_isTold)
        {
            var open = _spans[^1];
            _spans[^1] = open with { Seconds = Math.Round((now - open.Begin).TotalSeconds, 1) };
        }
    }
}
