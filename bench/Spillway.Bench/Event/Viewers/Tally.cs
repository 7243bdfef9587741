namespace Spillway.Bench.Event.Viewers;

/// <summary>What all viewers together did, by their own count.</summary>
internal sealed class Tally
{
    private long _segmentsFromEdge;
    private long _segmentsFromPeers;
    private long _bytesFromEdge;
    private long _bytesFromPeers;
    private long _playlists;
    private long _trackerSockets;
    private long _reportSockets;
    private long _announces;
    private long _offers;
    private long _answers;
    private long _lateAnswers;
    private long _reports;

    public long SegmentsFromEdge => Interlocked.Read(ref _segmentsFromEdge);
    public long SegmentsFromPeers => Interlocked.Read(ref _segmentsFromPeers);

    /// <summary>Of segments.</summary>
    public long BytesFromEdge => Interlocked.Read(ref _bytesFromEdge);

    /// <summary>Modelled: of segments as large as the rendition's average.</summary>
    public long BytesFromPeers => Interlocked.Read(ref _bytesFromPeers);

    /// <summary>Reads of media playlists.</summary>
    public long Playlists => Interlocked.Read(ref _playlists);

    /// <summary>Opened, again after a loss too.</summary>
    public long TrackerSockets => Interlocked.Read(ref _trackerSockets);
    public long ReportSockets => Interlocked.Read(ref _reportSockets);

    public long Announces => Interlocked.Read(ref _announces);

    /// <summary>Received.</summary>
    public long Offers => Interlocked.Read(ref _offers);
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Sent to one who had gone, or was in another swarm by then.</summary>
    public long LateAnswers => Interlocked.Read(ref _lateAnswers);

    public long Reports => Interlocked.Read(ref _reports);

    public void AddSegment(bool fromEdge, long bytes)
    {
        Interlocked.Increment(ref fromEdge ? ref _segmentsFromEdge : ref _segmentsFromPeers);
        Interlocked.Add(ref fromEdge ? ref _bytesFromEdge : ref _bytesFromPeers, bytes);
    }

    public void AddPlaylist() => Interlocked.Increment(ref _playlists);

    public void AddTrackerSocket() => Interlocked.Increment(ref _trackerSockets);

    public void AddReportSocket() => Interlocked.Increment(ref _reportSockets);

    public void AddAnnounce() => Interlocked.Increment(ref _announces);

    public void AddOffer() => Interlocked.Increment(ref _offers);

    public void AddAnswer() => Interlocked.Increment(ref _answers);

    public void AddLateAnswer() => Interlocked.Increment(ref _lateAnswers);

    public void AddReport() => Interlocked.Increment(ref _reports);
}
