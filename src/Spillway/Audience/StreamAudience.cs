namespace Spillway.Audience;

/// <summary>What happened to a message of a viewer.</summary>
internal enum Verdict
{
    Taken,

    /// <summary>No report: not JSON, wrong types, unknown members.</summary>
    Malformed,

    /// <summary>A report that cannot be true.</summary>
    Implausible,
    TooOften,
}

/// <summary>What else is known of a stream.</summary>
/// <param name="AtTracker">Viewers at this instance's tracker; null: not measured.</param>
/// <param name="Broadcast">On air here; null: none.</param>
/// <param name="BitsPerSecond">Of its best rendition; null: not known.</param>
internal readonly record struct AudienceInputs(int? AtTracker, string? Broadcast, double? BitsPerSecond);

/// <summary>What players are told.</summary>
/// <param name="Share">0 to 1; see <see cref="ReporterShare"/>. 0: nobody is to report.</param>
/// <param name="PeersOn">Enough viewers are there for P2P.</param>
internal sealed record AudienceWord(double Share, bool PeersOn);

/// <summary>
/// One stream's audience as its reports tell it. It knows no sockets and no clock: times are since any fixed moment and never go
/// back. All members may be used by several threads.
/// </summary>
/// <param name="sharing">The stream's P2P is not switched off.</param>
/// <param name="peersFrom">Viewers from whom on P2P is on; 0: always.</param>
internal sealed partial class StreamAudience(AudienceOptions options, bool sharing = true, int peersFrom = 0)
{
    /// <summary>Of a broadcast whose bit rate is not known.</summary>
    private const double AnyBitsPerSecond = 50e6;

    /// <summary>Start-up times kept, the newest.</summary>
    private const int StartUpsKept = 500;

    /// <summary>How long peers must have given nothing in the whole of <see cref="RecentReports.Span"/> before it is said.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Seconds that the first report on a connection may cover: from a viewer's begin to its decision, or an interruption.</summary>
    private readonly double _mostAtFirst = Math.Max(600, 2 * options.After.TotalSeconds);

    /// <summary>Twice as many as are due, and some for changes of the share.</summary>
    private readonly int _perMinute = 6 + (int)Math.Ceiling(120 / options.Every.TotalSeconds);

    private readonly Lock _gate = new();
    private readonly HashSet<Reporter> _reporters = [];
    private readonly RecentReports _recent = new();
    private readonly Queue<(double Seconds, double Weight)> _startUps = new();
    private readonly ReporterShare _share = new(options.Reporters);
    private readonly PeerSwitch _switch = new(peersFrom);
    private readonly Queue<TimeSpan> _refusedAt = new();
    private readonly long[] _verdicts = new long[Enum.GetValues<Verdict>().Length];
    private WeightedTotals _left = new();
    private AudienceInputs _inputs;

    /// <summary>As told last.</summary>
    private TimeSpan _now;
    private string _broadcast = "";
    private TimeSpan? _nothingSince;
    private long _refused;
    private double _peak;
    private double _sum;
    private long _samples;

    public AudienceWord Word
    {
        get
        {
            lock (_gate)
                return new AudienceWord(options.Reporters == 0 ? 0 : _share.Value, _switch.IsOn);
        }
    }

    /// <summary>What is to be done about peers that give nothing; null: they give something, or nobody knows.</summary>
    public string? Advice { get; private set; }

    /// <summary>Goes on from what an earlier process has told the players.</summary>
    public void Resume(AudienceWord word, TimeSpan now)
    {
        lock (_gate)
        {
            _share.Resume(word.Share, now);
            if (sharing)
                _switch.Resume(word.PeersOn, now);
        }
    }

    /// <summary>A viewer who would report found all places taken: it is there nevertheless.</summary>
    public void NoteRefused(TimeSpan now)
    {
        lock (_gate)
        {
            _refused++;
            _refusedAt.Enqueue(now);
            while (_refusedAt.Count > 10_000)
                _refusedAt.Dequeue();
        }
    }

    /// <summary>Takes a message from a viewer. Whatever is in it, it throws nothing.</summary>
    public Verdict Take(Reporter from, ReadOnlySpan<byte> json, TimeSpan now)
    {
        // Reading is most of the work and touches nothing shared.
        var allowed = from.Allowed.Take(1, _perMinute, now) == 1;
        var report = allowed ? PlaybackReport.Read(json) : null;
        lock (_gate)
        {
            var verdict =
                !allowed ? Verdict.TooOften
                : report is null ? Verdict.Malformed
                : IsPlausible(from, report, now) ? Verdict.Taken
                : Verdict.Implausible;
            _verdicts[(int)verdict]++;
            from.Faults = verdict == Verdict.Taken ? Math.Max(0, from.Faults - 1) : from.Faults + 1;
            if (verdict == Verdict.Taken)
                Add(from, report!, now);
            return verdict;
        }
    }

    /// <summary>A message that was too large to be read, or no text.</summary>
    public void NoteMalformed(Reporter from)
    {
        lock (_gate)
        {
            _verdicts[(int)Verdict.Malformed]++;
            from.Faults++;
        }
    }

    /// <summary>The viewer's connection is gone; what it has reported stays, without it.</summary>
    public void Leave(Reporter reporter)
    {
        lock (_gate)
        {
            if (_reporters.Remove(reporter))
                _left.Add(reporter.Sums, 1 - reporter.Share);
        }
    }

    /// <summary>To be called each second.</summary>
    public void Advance(AudienceInputs inputs, TimeSpan now)
    {
        lock (_gate)
        {
            (_inputs, _now) = (inputs, now);
            if (inputs.Broadcast is { } broadcast && broadcast != _broadcast)
                Begin(broadcast);
            _recent.Forget(now);
            while (_refusedAt.TryPeek(out var refused) && now - refused > TimeSpan.FromSeconds(5))
                _refusedAt.Dequeue();
            var viewers = Viewers(now);
            if (viewers is not null && inputs.Broadcast is not null)
            {
                _peak = Math.Max(_peak, viewers.Value);
                _sum += viewers.Value;
                _samples++;
            }
            _share.Follow(Expected(viewers), now);
            if (!sharing)
                return;
            _switch.Follow(viewers?.Value, now);
            NotePeers(now);
        }
    }

    private bool IsPlausible(Reporter from, PlaybackReport report, TimeSpan now)
    {
        // All reports after the first together cover no more than the time since then: one may come late, and the next in time.
        var most =
            from.Reports == 0
                ? _mostAtFirst
                : Math.Min(_mostAtFirst, (now - from.FirstAt).TotalSeconds - from.Covered + PlaybackReport.Delay);
        return _share.IsKnown(report.Share) && report.Problem(most, _inputs.BitsPerSecond ?? AnyBitsPerSecond) is null;
    }

    private void Add(Reporter from, PlaybackReport report, TimeSpan now)
    {
        _reporters.Add(from);
        if (from.Reports++ == 0)
            from.FirstAt = now;
        else
            from.Covered += report.Seconds;
        from.HeardAt = now;
        from.Share = report.Share;
        (from.SharesWithPeers, from.Latency, from.Rendition, from.Peers) = (
            report.SharesWithPeers,
            report.Latency,
            report.Rendition,
            report.Peers
        );
        Count(Measure.FromPeers, report.FromPeers);
        Count(Measure.FromEdge, report.FromEdge);
        Count(Measure.ToPeers, report.ToPeers);
        Count(Measure.Stalls, report.Stalls);
        Count(Measure.Hours, report.Played / 3600);
        Count(Measure.Stalled, report.Stalled / 3600);
        _recent.Add(from, report, now);
        if (report.StartUp is not { } startUp)
            return;
        _startUps.Enqueue((startUp, from.Weight));
        if (_startUps.Count > StartUpsKept)
            _startUps.Dequeue();

        void Count(Measure measure, double value) => from.Sums[(int)measure] += from.Weight * value;
    }

    /// <summary>The totals are a broadcast's. What a report of its first seconds covers may be the one's before it.</summary>
    private void Begin(string broadcast)
    {
        // At the first one, reports may be there already: those of a restart.
        if (_broadcast.Length > 0)
        {
            _left = new WeightedTotals();
            _recent.Clear();
            _startUps.Clear();
            foreach (var reporter in _reporters)
                Array.Clear(reporter.Sums);
            (_peak, _sum, _samples) = (0, 0, 0);
        }
        _broadcast = broadcast;
    }

    private void NotePeers(TimeSpan now)
    {
        if (!_switch.IsOn || !_recent.PeersGiveNothing())
        {
            _nothingSince = null;
            Advice = null;
            return;
        }
        // Those who have just been switched on, or have come to another broadcast, need their time.
        _nothingSince ??= now;
        if (now - _nothingSince < Patience)
            return;
        var connected = _reporters.Where(static reporter => reporter.SharesWithPeers).Select(static reporter => reporter.Peers);
        Advice = PeerAdvice.For(_inputs.AtTracker, connected.DefaultIfEmpty().Max());
    }
}
