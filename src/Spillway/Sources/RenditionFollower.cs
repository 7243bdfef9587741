using System.Threading.Channels;
using Spillway.Playlists;

namespace Spillway.Sources;

/// <summary>Follows one media playlist: one loop reads the playlist, the other fetches what it listed and passes it on in order.</summary>
internal sealed class RenditionFollower
{
    private const int InFlight = 3;
    private const int MaxDue = 1000;
    private const int QuickRetries = 5;

    private readonly string name;
    private readonly Upstreams upstreams;
    private readonly ListingTracker tracker;
    private readonly SourceOutput output;
    private readonly SourceWarnings warnings;
    private readonly TimeProvider time;
    private readonly SegmentReader reader;
    private readonly Channel<ListedSegment> due;
    private readonly bool takeEnded;
    private volatile ListedWindow window = ListedWindow.Empty;
    private ReadOnlyMemory<byte> text;
    private MediaPlaylist? playlist;
    private Uri? found;
    private int failures;
    private int torn;

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
        SourceWarnings warnings,
        TimeProvider time
    )
    {
        this.name = name;
        this.upstreams = upstreams;
        this.tracker = tracker;
        this.takeEnded = takeEnded;
        this.output = output;
        this.warnings = warnings;
        this.time = time;
        Location = location;
        Presence = new RenditionPresence(time);
        reader = new SegmentReader(name, upstreams, () => window, warnings, time);
        // The pipeline may hold us up for long. What is dropped then shows as a jump of the sequence.
        due = Channel.CreateBounded<ListedSegment>(
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
    public int Run => tracker.Run;

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
            var began = time.GetTimestamp();
            TimeSpan interval;
            try
            {
                interval = await ReadOnceAsync(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                warnings.Bug(name, e);
                interval = TimeSpan.FromSeconds(1);
            }
            var pause = interval - time.GetElapsedTime(began);
            await Wake.WaitAsync(pause > Least ? pause : Least, time, ct);
        }
    }

    private static TimeSpan Least { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns the time until the next reading, counted from the start of this one.</summary>
    private async Task<TimeSpan> ReadOnceAsync(CancellationToken ct)
    {
        var location = Location;
        var upstream = upstreams.For(location);
        var read = await upstream.ReadPlaylistAsync(location, ct);
        if (!read.IsWhole)
            return Failed(location, read.Reason!);

        failures = 0;
        if (Understand(read, upstream) is { } fault)
            return Torn(upstream, location, fault);

        var listing = tracker.Observe(playlist!, found!, upstream.MayBeStale, takeEnded, time.GetElapsedTime(0));
        if (listing.Doubtful)
        {
            Presence.Failing("its playlist has gone back");
            return Torn(upstream, location, "the playlist contradicts what it said before");
        }
        if (torn > QuickRetries)
            warnings.Healed(Upstreams.Show(location));
        torn = 0;
        Note(listing, location);
        return upstream.PollInterval(location, window.Target, changed: listing.New.Count > 0);
    }

    private void Note(Listing listing, Uri location)
    {
        if (listing.Old)
            return;
        if (listing.Restarted)
        {
            warnings.Restarted(name, tracker.Run);
            IsSuspicious = true;
        }
        if (!ReferenceEquals(window.Playlist, playlist) || window.Run != tracker.Run)
            window = new ListedWindow(tracker.Run, playlist);
        string? bar = null;
        if (listing.Encrypted)
        {
            bar = "its segments are encrypted (EXT-X-KEY), which is not supported";
            warnings.Warn(Upstreams.Show(location), bar, "Publish the stream without encryption; encrypted sources come later");
        }
        else if (listing.Offline && !playlist!.Ended)
            bar = "Owncast shows its offline clip";
        TargetDuration = Math.Max(1, playlist!.TargetDuration);
        output.SetTarget(name, TargetDuration.Value);
        Presence.Listed(window.Target, listing.New.Count, playlist.Ended, bar);
        foreach (var segment in listing.New)
            due.Writer.TryWrite(segment);
    }

    /// <summary>Takes over what was read; returns what is wrong with it, and then keeps the last good state.</summary>
    private string? Understand(Fetched read, IUpstream upstream)
    {
        found = read.Location;
        var same = read.Bytes.Span.SequenceEqual(text.Span);
        text = read.Bytes;
        if (same && playlist is not null && torn == 0)
            return null;
        if (read.Bytes.IsEmpty)
            return "the playlist is empty";
        // Written in place, it can be read half: "stream-1" instead of "stream-12.ts". Only what stays so is meant so.
        var isFinished = read.Bytes.Span[^1] is (byte)'\n' or (byte)'\r';
        if (!isFinished && (!same || torn < (upstream.MayBeStale ? 1 : 3)))
            return "the playlist stops in the middle of a line";
        var parse = PlaylistParser.Parse(read.Bytes.Span);
        if (parse.Media is not null)
        {
            playlist = parse.Media;
            return null;
        }
        IsSuspicious = true;
        SawMultivariant = parse.Multivariant is not null;
        return parse.Multivariant is not null ? "it is a multivariant playlist now" : parse.Error ?? "it is not a playlist";
    }

    private TimeSpan Torn(IUpstream upstream, Uri location, string fault)
    {
        torn++;
        if (torn <= QuickRetries)
            return upstream.MayBeStale ? upstream.ReadAgainAfter : TimeSpan.FromMilliseconds(75);
        Presence.Failing(fault);
        warnings.Warn(Upstreams.Show(location), fault, "Check that the address gives an HLS media playlist");
        return upstream.PollInterval(location, window.Target, changed: false);
    }

    private TimeSpan Failed(Uri location, string reason)
    {
        failures++;
        Presence.Failing($"{Upstreams.Show(location)}: {reason}");
        if (failures >= 3)
        {
            IsSuspicious = true;
            warnings.Warn(
                Upstreams.Show(location),
                $"the playlist cannot be read: {reason}",
                "Check that the source runs; trying on"
            );
        }
        return Backoff.After(failures, window.Target);
    }

    private async Task PassOnAsync(CancellationToken ct)
    {
        var inFlight = new Queue<Task<SourceEvent>>();
        Task? more = null;
        while (true)
        {
            while (inFlight.Count < InFlight && due.Reader.TryRead(out var segment))
                inFlight.Enqueue(reader.ReadAsync(segment, ct));
            var next = inFlight.Count > 0 ? inFlight.Peek() : null;
            if (next is null || (!next.IsCompleted && inFlight.Count < InFlight))
            {
                if (more is null || more.IsCompleted)
                    more = due.Reader.WaitToReadAsync(ct).AsTask();
                await (next is null ? more : Task.WhenAny(next, more));
                continue;
            }
            var segmentEvent = await next;
            if (segmentEvent is SegmentArrived)
                Presence.Progress();
            await output.WriteAsync(segmentEvent, Presence, ct);
            _ = inFlight.Dequeue();
            Presence.Delivered();
        }
    }
}
