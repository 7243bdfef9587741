using System.Globalization;
using System.Text;
using Spillway.AdaptiveWindow;
using Spillway.Audience;

namespace Spillway.Bench.WindowSimulation;

/// <summary>A stream with its viewers: the real rule and the real audience core, modelled lines and players, virtual time.</summary>
internal sealed class SimulatedEvent
{
    private const double Second = 1 / SimulatedPlayer.Step;

    private readonly WindowScenario _scenario;
    private readonly SimulatedStream _stream;
    private readonly StreamAudience _audience = new(new AudienceOptions(), sharing: false);
    private readonly WindowRule _rule;
    private readonly List<SimulatedPlayer> _players = [];
    private readonly List<ReportingViewer> _reporters = [];
    private readonly List<double> _behind = [];
    private readonly bool _adaptive;

    /// <param name="options">Off, fixed or adaptive.</param>
    /// <param name="sharing">Only for the lower bound: viewers share.</param>
    public SimulatedEvent(WindowScenario scenario, LiveDelayOptions options, bool sharing, int seed)
    {
        _scenario = scenario;
        var random = new Random(seed);
        _stream = new SimulatedStream(scenario.Segment, new Random(seed + 1))
        {
            IsAdaptive = options.Mode == LiveDelayOptions.Adaptive,
        };
        var window = Math.Max(24, Math.Max(6 * scenario.Segment, 3 * _stream.Target));
        _rule = new WindowRule(WindowBounds.Of(options, scenario.Segment, _stream.Target, window, sharing), TimeSpan.Zero);
        _adaptive = options.Mode == LiveDelayOptions.Adaptive;
        _stream.Tell(0, _rule.Delay, _rule.Window);
        for (var i = 0; i < scenario.Viewers; i++)
        {
            var isBad = i < scenario.BadPart * scenario.Viewers;
            var joins = 20 + (280 * random.NextDouble());
            // One in six leaves early, and somebody else comes.
            var leaves = i % 6 == 0 ? joins + (random.NextDouble() * scenario.Seconds) : scenario.Seconds;
            Add(isBad, joins, leaves, random);
            if (leaves < scenario.Seconds)
                Add(isBad, leaves, scenario.Seconds, random);
        }
    }

    /// <summary>Seconds; the live delay at each minute.</summary>
    public List<double> Delays { get; } = [];

    public WindowRule Rule => _rule;

    public static WindowOutcome Run(WindowScenario scenario, LiveDelayOptions options, bool sharing, int seed) =>
        new SimulatedEvent(scenario, options, sharing, seed).Run();

    public WindowOutcome Run()
    {
        for (var step = 0; step < _scenario.Seconds * Second; step++)
        {
            var now = step / Second;
            foreach (var player in _players)
            {
                if (player.IsThere(now))
                    player.Advance(now);
            }
            if (step % Second == 0)
                Tick(now);
        }
        _behind.Sort();
        return new WindowOutcome(
            _players.Sum(static p => p.Stalls),
            _players.Sum(static p => p.Leaps),
            _players.Sum(static p => p.Stalled),
            _players.Sum(static p => p.Played) / 3600,
            _behind.Average(),
            _behind[_behind.Count / 2],
            _behind[(int)(0.95 * _behind.Count)],
            _stream.Changes,
            Delays.Min(),
            Delays.Max()
        );
    }

    private void Add(bool isBad, double joins, double leaves, Random random)
    {
        var line = new Line(
            new Random(random.Next()),
            now => isBad || (now >= _scenario.SpellFrom && now < _scenario.SpellUntil) ? Network.Bad : Network.Good
        );
        var player = new SimulatedPlayer(_stream, line, joins, leaves, 10 * random.NextDouble());
        _players.Add(player);
        _reporters.Add(new ReportingViewer(player, random.NextDouble(), joins + (180 * (1 + (random.NextDouble() * 2 / 3)))));
    }

    private void Tick(double now)
    {
        var time = TimeSpan.FromSeconds(now);
        foreach (var reporter in _reporters)
            reporter.Tick(_audience, now);
        _audience.Advance(new AudienceInputs(null, "20261122T190501Z-7f3a", SimulatedStream.Bitrate), time);
        if (_adaptive)
            _rule.Follow(_audience.Trouble(_rule.EvidenceFrom, time), edgeStandsStill: false, time);
        _stream.Tell(now, _rule.Delay, _rule.Window);
        // From the fifth minute on all have come.
        if (now >= 300 && now % 5 == 0)
            _behind.AddRange(_players.Where(p => p.IsThere(now) && p.Latency(now) is not null).Select(p => p.Behind(now)));
        if (now % 60 == 0)
            Delays.Add(_rule.Delay);
    }
}

/// <summary>Decides some minutes after it came whether it reports, and does so every half minute.</summary>
internal sealed class ReportingViewer(SimulatedPlayer player, double number, double decides)
{
    private Reporter? _connection;
    private double _nextAt = decides;
    private bool _hasDecided;
    private double _toldAt = player.Joined;
    private (int Stalls, double Stalled, double Played) _told;

    public void Tick(StreamAudience audience, double now)
    {
        if (!player.IsThere(now))
        {
            Leave(audience);
            return;
        }
        if (now < _nextAt)
            return;
        _nextAt += 30;
        var late = _hasDecided;
        _hasDecided = true;
        var share = audience.Word.Share;
        if (number >= share)
        {
            Leave(audience);
            return;
        }
        if (_connection is null && late)
            (_toldAt, _told) = (now - 1, (player.Stalls, player.Stalled, player.Played));
        _connection ??= new Reporter { HeardAt = TimeSpan.FromSeconds(now) };
        var report = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"v":1,"share":{{share}},"session":{{now - player.Joined}},"seconds":{{now - _toldAt}},"played":{{Math.Max(0, player.Played - _told.Played)}},"fromPeers":0,"fromEdge":1000000,"toPeers":0,"stalls":{{player.Stalls - _told.Stalls}},"stalled":{{Math.Max(0, player.Stalled - _told.Stalled)}},"startUp":null,"latency":{{player.Latency(now)?.ToString(CultureInfo.InvariantCulture) ?? "null"}},"rendition":"a","peers":0,"rejected":0,"banned":0,"p2p":false}"""
        );
        if (audience.Take(_connection, Encoding.UTF8.GetBytes(report), TimeSpan.FromSeconds(now)) != Verdict.Taken)
            throw new InvalidOperationException($"The report was not taken: {report}");
        (_toldAt, _told) = (now, (player.Stalls, player.Stalled, player.Played));
    }

    private void Leave(StreamAudience audience)
    {
        if (_connection is not null)
            audience.Leave(_connection);
        _connection = null;
    }
}
