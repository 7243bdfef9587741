using System.Text;
using Spillway.Audience;

namespace Spillway.Tests.Audience;

/// <summary>
/// A stream's real audience core with modelled viewers, in virtual time. They do what the player does: draw a number, look at
/// player.json every ten seconds, decide three to five minutes after they came, and report every half minute. player.json is
/// stored at most every ten seconds, and the edge keeps it for two.
/// </summary>
internal sealed class SimulatedAudience : VirtualTime
{
    public const string Broadcast = "20261122T190501Z-7f3a";
    public const double BytesPerSecond = 312_500;
    private const int Places = 300;

    private readonly SortedList<double, SimulatedReporter> _waiting = [];
    private readonly List<(double At, AudienceWord Word)> _published = [];
    private readonly bool _tracked;
    private int _atTracker;

    /// <param name="tracked">P2P is on, and its tracker is this process's.</param>
    public SimulatedAudience(int seed, bool tracked, int peersFrom = 0)
    {
        (Random, _tracked) = (new Random(seed), tracked);
        Core = new StreamAudience(new AudienceOptions(), tracked || peersFrom > 0, peersFrom);
        _published.Add((double.NegativeInfinity, Core.Word));
        Tick();
    }

    public StreamAudience Core { get; }
    public Random Random { get; }

    /// <summary>Those who are here.</summary>
    public HashSet<SimulatedReporter> Viewers { get; } = [];

    /// <summary>All who have decided, with those who have left since.</summary>
    public List<SimulatedReporter> Decided { get; } = [];

    /// <summary>Connections of those who report.</summary>
    public int Connections { get; set; }
    public int MostConnections { get; private set; }

    /// <summary>Reporters at each second.</summary>
    public List<int> Reporters { get; } = [];

    /// <summary>How often player.json was stored for the audience's sake.</summary>
    public int Puts => _published.Count - 1;

    public AudienceWord Published => _published[^1].Word;

    private TimeSpan Time => TimeSpan.FromSeconds(Now);

    public Estimate? Estimated => Core.Summary().Viewers;

    public AudienceView View => Core.View("live");

    /// <summary>A viewer comes at one second and goes at another.</summary>
    /// <param name="shares">It shares, if it may.</param>
    public void Join(double at, double until, bool shares = true) =>
        Do(
            at,
            () =>
            {
                var viewer = new SimulatedReporter(this, at, shares);
                Viewers.Add(viewer);
                _atTracker += shares ? 1 : 0;
                Do(at + (180 * (1 + (Random.NextDouble() * 2 / 3))), viewer.Decide);
                Do(
                    until,
                    () =>
                    {
                        viewer.Leave();
                        Viewers.Remove(viewer);
                        _atTracker -= shares ? 1 : 0;
                        _waiting.Remove(viewer.Number);
                    }
                );
            }
        );

    /// <summary>What player.json says to one who looks now.</summary>
    public AudienceWord Look()
    {
        var seen = Now - 1 - (2 * Random.NextDouble());
        return _published.Last(version => version.At <= seen).Word;
    }

    /// <summary>It looks again and again; only the looks that may change something are made.</summary>
    public void Watch(SimulatedReporter viewer)
    {
        _waiting[viewer.Number] = viewer;
        Decided.Add(viewer);
    }

    public bool TryConnect()
    {
        if (Connections >= Places)
        {
            Core.NoteRefused(Time);
            return false;
        }
        Connections++;
        MostConnections = Math.Max(MostConnections, Connections);
        return true;
    }

    public Verdict Send(Reporter from, string json) => Core.Take(from, Encoding.UTF8.GetBytes(json), Time);

    private void Tick()
    {
        var sharing = _tracked && Core.Word.PeersOn;
        Core.Advance(new AudienceInputs(sharing ? _atTracker : 0, Broadcast, 2_500_000), Time);
        Reporters.Add(Connections);
        if (Core.Word != Published && Now - _published[^1].At >= 10)
        {
            var before = Published.Share;
            _published.Add((Now, Core.Word));
            var (least, most) = (Math.Min(before, Published.Share), Math.Max(before, Published.Share));
            foreach (var viewer in _waiting.Values.Where(v => v.Reports || (v.Number >= least && v.Number < most)).ToList())
                Do(Now + 3 + (Random.NextDouble() * 11.25), viewer.LookAgain);
        }
        Do(Now + 1, Tick);
    }
}

/// <summary>One viewer of it.</summary>
/// <param name="joined">Seconds.</param>
/// <param name="shares">It shares, if it may.</param>
internal sealed class SimulatedReporter(SimulatedAudience audience, double joined, bool shares)
{
    /// <summary>Part of its bytes that come from peers.</summary>
    private readonly double _fromPeers = shares ? Math.Sqrt(audience.Random.NextDouble()) : 0;
    private Reporter? _connection;
    private AudienceWord _word = new(0, false);
    private double? _coveredUntil;
    private double? _left;
    private bool _hasDecided;
    private int _tries;

    public double Number { get; } = audience.Random.NextDouble();

    public bool Reports => _connection is not null;

    private double Watched => (_left ?? audience.Now) - joined;

    public double FromPeers => Watched * SimulatedAudience.BytesPerSecond * _fromPeers;
    public double Bytes => Watched * SimulatedAudience.BytesPerSecond;

    public void Decide()
    {
        if (_left is not null)
            return;
        audience.Watch(this);
        LookAgain();
        _hasDecided = true;
        // What it saw may have been older than what was told last.
        audience.Do(audience.Now + 10, LookAgain);
    }

    public void LookAgain()
    {
        if (_left is not null)
            return;
        var before = _word;
        _word = audience.Look();
        if (Number >= _word.Share)
            Disconnect();
        else if (!Reports)
            Connect();
        else if (_word != before)
            Send();
    }

    public void Leave()
    {
        _left = audience.Now;
        Disconnect();
    }

    private void Connect()
    {
        if (_left is not null || Reports || Number >= _word.Share)
            return;
        if (!audience.TryConnect())
        {
            audience.Do(
                audience.Now + (10 * Math.Pow(2, Math.Min(_tries++, 5)) * (0.5 + audience.Random.NextDouble())),
                LookAgain
            );
            return;
        }
        _tries = 0;
        _connection = new Reporter { HeardAt = TimeSpan.FromSeconds(audience.Now) };
        // Those who begin later report from then on: others have reported for them so far.
        _coveredUntil = _hasDecided ? audience.Now : joined;
        Repeat(_connection);
    }

    private void Repeat(Reporter connection)
    {
        if (connection != _connection)
            return;
        Send();
        audience.Do(audience.Now + (30 * (0.9 + (0.2 * audience.Random.NextDouble()))), () => Repeat(connection));
    }

    private void Send()
    {
        var covered = audience.Now - _coveredUntil!.Value;
        _coveredUntil = audience.Now;
        var bytes = covered * SimulatedAudience.BytesPerSecond;
        var report = Messages.Report(
            share: _word.Share,
            session: audience.Now - joined,
            seconds: covered,
            fromPeers: (long)(bytes * _fromPeers),
            fromEdge: (long)(bytes * (1 - _fromPeers)),
            p2p: shares && _word.PeersOn
        );
        Assert.Equal(Verdict.Taken, audience.Send(_connection!, report));
    }

    private void Disconnect()
    {
        if (_connection is null)
            return;
        Send();
        audience.Core.Leave(_connection);
        _connection = null;
        audience.Connections--;
    }
}
