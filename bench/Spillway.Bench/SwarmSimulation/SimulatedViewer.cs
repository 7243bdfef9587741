namespace Spillway.Bench.SwarmSimulation;

/// <summary>A viewer's player: where it plays, what it has, whom it knows.</summary>
internal sealed class SimulatedViewer
{
    private readonly StreamTiming _timing;
    private readonly Dictionary<int, double> _turnedAway = [];

    /// <param name="number">Makes its peer id.</param>
    /// <param name="line">How it is connected.</param>
    /// <param name="timing">The stream's.</param>
    /// <param name="behind">Seconds beyond the live delay.</param>
    /// <param name="listedAfter">Seconds from a segment's publication to this viewer's next reload of the playlist.</param>
    /// <param name="now">When it comes.</param>
    public SimulatedViewer(int number, AccessLine line, StreamTiming timing, double behind, double listedAfter, double now)
    {
        (Number, Line, _timing, ListedAfter) = (number, line, timing, listedAfter);
        PeerId = $"-PM0203-{number:D12}";
        Draws = new Draws(PeerId);
        Turns = new EdgeTurns(timing);
        OwnLatency = Latency = timing.LiveDelay + behind;
        // What has been listed is complete since a moment, and playback begins with a whole segment.
        Listed = ListedAtStart = (int)Math.Floor((now - listedAfter) / timing.Segment) - 1;
        First = Next = Math.Max((int)Math.Ceiling((now - Latency) / timing.Segment), 0);
    }

    public int Number { get; }
    public string PeerId { get; }
    public AccessLine Line { get; }
    public Draws Draws { get; }
    public EdgeTurns Turns { get; }
    public Blame Blame { get; } = new();
    public double ListedAfter { get; }
    public bool IsHere { get; set; } = true;

    /// <summary>Seconds from a picture's moment to its being shown, now and at the start.</summary>
    public double Latency { get; set; }
    public double OwnLatency { get; }

    /// <summary>The newest segment in the playlist it has read, now and at the start.</summary>
    public int Listed { get; set; }
    public int ListedAtStart { get; }

    /// <summary>The segment that playback begins with.</summary>
    public int First { get; set; }

    /// <summary>The first one that is not here.</summary>
    public int Next { get; private set; }

    public SegmentSet Here;

    public List<PeerLink> Links { get; } = [];
    public List<Load> Loads { get; } = [];

    /// <summary>Those of the loads whose bytes flow, in and out.</summary>
    public List<Load> Incoming { get; } = [];
    public List<Load> Outgoing { get; } = [];

    /// <summary>Somebody was turned away, and is to be told when there is room.</summary>
    public bool HasTurnedAway { get; set; }

    /// <summary>An announcement to its peers is about to be sent.</summary>
    public bool Announces { get; set; }

    /// <summary>It looks ten times a second whose turn it is.</summary>
    public bool LooksForTurn { get; set; }

    public double UrgentAt(int number) => DueAt(number) - _timing.HighDemand;

    /// <summary>When playback reaches the segment.</summary>
    public double DueAt(int number) => number * _timing.Segment + Latency;

    public int CountLoads(bool fromEdge)
    {
        var count = 0;
        foreach (var load in Loads)
            count += load.Link is null == fromEdge ? 1 : 0;
        return count;
    }

    public Load? LoadOf(int number)
    {
        foreach (var load in Loads)
        {
            if (load.Number == number)
                return load;
        }
        return null;
    }

    public PeerLink? LinkTo(SimulatedViewer other)
    {
        foreach (var link in Links)
        {
            if (link.Other == other)
                return link;
        }
        return null;
    }

    public void SkipWhatIsHere()
    {
        Next = Math.Max(Next, First);
        while (Here.Contains(Next))
            Next++;
    }

    /// <summary>For two seconds one who was turned away goes on counting on its peers.</summary>
    public void NoteTurnedAway(int number, double now)
    {
        if (_turnedAway.Count > 32)
            _turnedAway.Clear();
        _turnedAway[number] = now;
    }

    public Holding HoldingOf(int number, double now)
    {
        if (_turnedAway.TryGetValue(number, out var at) && now - at <= 2)
            return Holding.Held;
        var holding = Holding.Nobody;
        foreach (var link in Links)
        {
            if (Blame.IsSuspect(link.Other, now))
                continue;
            if (link.Loaded.Contains(number))
                return Holding.Held;
            if (link.Fetching.Contains(number))
                holding = Holding.Fetching;
        }
        return holding;
    }

    /// <summary>How many of the peers stand before this viewer in the row for a segment.</summary>
    public int PlaceFor(int number, double now)
    {
        var before = 0;
        foreach (var link in Links)
        {
            if (!Blame.IsSuspect(link.Other, now) && link.Other.Draws.IsBefore(Draws, number))
                before++;
        }
        return before;
    }
}
