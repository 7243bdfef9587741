using System.Threading.Channels;
using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>Follows one media playlist: one loop reads the playlist, the other fetches what it listed and passes it on in order.</summary>
internal sealed class RenditionFollower
{
    private const int InFlight = 3;
    private const int MaxDue = 1000;
    private const int QuickRetries = 5;

    private readonly string _name;
    private readonly Upstreams _upstreams;
    private readonly ListingTracker _tracker;
    private readonly SourceOutput _output;
    private readonly OwncastServer? _owncast;
    private readonly SourceWarnings _warnings;
    private readonly TimeProvider _time;
    private readonly SegmentReader _reader;
    private readonly Channel<ListedSegment> _due;
    private readonly bool _takeEnded;
    private readonly PlaylistPatience _patience = new();
    private volatile ListedWindow _window = ListedWindow.Empty;
    private ReadOnlyMemory<byte> _text;
    private MediaPlaylist? _playlist;
    private Uri? _found;
    private int _failures;
    private int _torn;
    private int? _clip;
    private int? _shown;

    /// <param name="name">Of the rendition.</param>
    /// <param name="tracker">Its first run.</param>
    /// <param name="takeEnded">The playlist appeared while we waited for it: even if it has ended, it is new.</param>
    public RenditionFollower(
        string name,
        Uri location,
        Upstreams upstreams,
        ListingTracker tracker,
        bool takeEnded,
        SourceOutput output,
        OwncastServer? owncast,
        SourceWarnings warnings,
        TimeProvider time
    )
    {
        _name = name;
        _upstreams = upstreams;
        _tracker = tracker;
        _takeEnded = takeEnded;
        _output = output;
        _owncast = owncast;
        _warnings = warnings;
        _time = time;
        Location = location;
        Presence = new RenditionPresence(time);
        _reader = new SegmentReader(name, upstreams, new SegmentKeys(upstreams), () => _window, warnings, time);
        // The pipeline may hold us up for long. What is dropped then shows as a jump of the sequence.
        _due = Channel.CreateBounded<ListedSegment>(
            new BoundedChannelOptions(MaxDue) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Presence.Delivered()
        );
    }

    /// <summary>May change its query string, when tokens in the multivariant playlist do.</summary>
    public Uri Location { get; set; }

    public RenditionPresence Presence { get; }

    /// <summary>Set when the playlist changes.</summary>
    public WakeSignal Wake { get; } = new();

    /// <summary>The last run seen.</summary>
    public int Run => _tracker.Run;

    /// <summary>Seconds, as the playlist declares it; null before it was read.</summary>
    public int? TargetDuration { get; private set; }

    /// <summary>The multivariant playlist should be looked at again: this rendition failed or started again.</summary>
    public bool IsSuspicious { get; set; }

    /// <summary>There is a multivariant playlist now where a media playlist was.</summary>
    public bool SawMultivariant { get; set; }

    /// <summary>Ends only by cancellation, or when the events' channel is closed.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var first = await Task.WhenAny(PollAsync(either.Token), PassOnAsync(either.Token));
        await either.CancelAsync();
        await first;
    }

    private async Task PollAsync(CancellationToken ct)
    {
        while (true)
        {
            var began = _time.GetTimestamp();
            TimeSpan interval;
            try
            {
                interval = await ReadOnceAsync(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                _warnings.Bug(_name, e);
                interval = TimeSpan.FromSeconds(1);
            }
            var pause = interval - _time.GetElapsedTime(began);
            await Wake.WaitAsync(pause > Least ? pause : Least, _time, ct);
        }
    }

    private static TimeSpan Least { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns the time until the next reading, counted from the start of this one.</summary>
    private async Task<TimeSpan> ReadOnceAsync(CancellationToken ct)
    {
        var location = Location;
        var upstream = _upstreams.For(location);
        var patience = _patience.For(_window.Target);
        var began = _time.GetTimestamp();
        var read = await upstream.ReadPlaylistAsync(location, patience, ct);
        _patience.Learn(read.IsWhole, patience, _time.GetElapsedTime(began));
        if (!read.IsWhole)
            return Failed(location, read.Reason!);

        _failures = 0;
        if (Understand(read, upstream) is { } fault)
            return Torn(upstream, location, fault);

        var listing = _tracker.Observe(_playlist!, _found!, upstream.MayBeStale, _takeEnded, _time.GetElapsedTime(0));
        if (listing.Doubtful)
        {
            Presence.Failing("its playlist has gone back");
            return Torn(upstream, location, "the playlist contradicts what it said before");
        }
        if (_torn > QuickRetries)
            _warnings.Healed(Upstreams.Show(location));
        _torn = 0;
        Note(await WithoutClipAsync(listing, ct), location);
        return upstream.PollInterval(location, _window.Target, changed: listing.New.Count > 0);
    }

    /// <summary>
    /// A run of the source that begins while nobody streams to Owncast is its offline clip, whatever its name. What was going on
    /// when the streamer left is the show's to the end.
    /// </summary>
    private async Task<Listing> WithoutClipAsync(Listing listing, CancellationToken ct)
    {
        if (_owncast is null || listing.New.Count == 0 || _shown == _tracker.Run)
            return listing;
        // Asked now: what it said a moment ago may be older than the show.
        var isClip = (await _owncast.RefreshAsync(ct))?.Online == false;
        if (isClip)
            _clip = _tracker.Run;
        else
            _shown = _tracker.Run;
        return isClip ? listing with { New = [], Offline = true } : listing;
    }

    private void Note(Listing listing, Uri location)
    {
        if (listing.Old)
            return;
        if (listing.Restarted)
        {
            _warnings.Restarted(_name, _tracker.Run);
            IsSuspicious = true;
        }
        if (!ReferenceEquals(_window.Playlist, _playlist) || _window.Run != _tracker.Run)
            _window = new ListedWindow(_tracker.Run, _playlist);
        string? bar = null;
        if (listing.Encrypted is not null)
        {
            bar = listing.Encrypted;
            _warnings.Warn(Upstreams.Show(location), bar, "Publish the stream without encryption, or with METHOD=AES-128");
        }
        else if (listing.Offline && (!_playlist!.Ended || _clip == _tracker.Run))
            bar = "Owncast shows its offline clip";
        TargetDuration = Math.Max(1, _playlist!.TargetDuration);
        _output.SetTarget(_name, TargetDuration.Value);
        Presence.Listed(_window.Target, listing.New.Count, _playlist.Ended, bar);
        foreach (var segment in listing.New)
            _due.Writer.TryWrite(segment with { ListedAt = _time.GetTimestamp() });
    }

    /// <summary>Takes over what was read; returns what is wrong with it, and then keeps the last good state.</summary>
    private string? Understand(Fetched read, IUpstream upstream)
    {
        _found = read.Location;
        var same = read.Bytes.Span.SequenceEqual(_text.Span);
        _text = read.Bytes;
        if (same && _playlist is not null && _torn == 0)
            return null;
        if (read.Bytes.IsEmpty)
            return "the playlist is empty";
        // Written in place, it can be read half: "stream-1" instead of "stream-12.ts". Only what stays so is meant so.
        var isFinished = read.Bytes.Span[^1] is (byte)'\n' or (byte)'\r';
        if (!isFinished && (!same || _torn < (upstream.MayBeStale ? 1 : 3)))
            return "the playlist stops in the middle of a line";
        var parse = PlaylistParser.Parse(read.Bytes.Span);
        if (parse.Media is not null)
        {
            _playlist = parse.Media;
            return null;
        }
        IsSuspicious = true;
        SawMultivariant = parse.Multivariant is not null;
        return parse.Multivariant is not null ? "it is a multivariant playlist now" : parse.Error ?? "it is not a playlist";
    }

    private TimeSpan Torn(IUpstream upstream, Uri location, string fault)
    {
        _torn++;
        if (_torn <= QuickRetries)
            return upstream.MayBeStale ? upstream.ReadAgainAfter : TimeSpan.FromMilliseconds(75);
        Presence.Failing(fault);
        _warnings.Warn(Upstreams.Show(location), fault, "Check that the address gives an HLS media playlist");
        return upstream.PollInterval(location, _window.Target, changed: false);
    }

    private TimeSpan Failed(Uri location, string reason)
    {
        _failures++;
        Presence.Failing($"{Upstreams.Show(location)}: {reason}");
        if (_failures >= 3)
        {
            IsSuspicious = true;
            _warnings.Warn(
                Upstreams.Show(location),
                $"the playlist cannot be read: {reason}",
                "Check that the source runs; trying on"
            );
        }
        return Backoff.After(_failures, _window.Target);
    }

    private async Task PassOnAsync(CancellationToken ct)
    {
        var inFlight = new Queue<Task<SourceEvent>>();
        Task? more = null;
        while (true)
        {
            while (inFlight.Count < InFlight && _due.Reader.TryRead(out var segment))
                inFlight.Enqueue(_reader.ReadAsync(segment, ct));
            var next = inFlight.Count > 0 ? inFlight.Peek() : null;
            if (next is null || (!next.IsCompleted && inFlight.Count < InFlight))
            {
                if (more is null || more.IsCompleted)
                    more = _due.Reader.WaitToReadAsync(ct).AsTask();
                await (next is null ? more : Task.WhenAny(next, more));
                continue;
            }
            var segmentEvent = await next;
            if (segmentEvent is SegmentArrived)
                Presence.Progress();
            await _output.WriteAsync(segmentEvent, Presence, ct);
            _ = inFlight.Dequeue();
            Presence.Delivered();
        }
    }
}
