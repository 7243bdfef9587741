using System.Threading.Channels;
using Spillway.Playlists;
using Spillway.Sources.Hls;

namespace Spillway.Sources.Ladder;

/// <summary>
/// One ffmpeg, from its start to its last segment: what is fed to it, and what it makes, told under one run's number. Its folder
/// is its own and goes with it.
/// </summary>
internal sealed class LadderSession : IAsyncDisposable
{
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(5);

    /// <summary>Kept to be fed again; while the pipeline takes nothing, nothing is known to be finished.</summary>
    private static readonly TimeSpan MostUnfinished = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <summary>A segment that begins so little before the last output's end is not in it.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly int _run;
    private readonly TimeProvider _time;
    private readonly ChannelWriter<SourceEvent> _events;
    private readonly LadderEncoder _encoder;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<SegmentArrived> _feed = Channel.CreateUnbounded<SegmentArrived>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly Dictionary<string, (long Next, TimeSpan Media)> _made = new(StringComparer.Ordinal);
    private readonly List<(SegmentArrived Segment, TimeSpan Start)> _unfinished = [];
    private readonly long _began;
    private readonly Task _feeding;
    private readonly Task _telling;
    private TimeSpan _fed;
    private TimeSpan _pending;
    private long _moved;
    private bool _isTelling;
    private bool _wasKilled;

    private LadderSession(
        LadderEncoder encoder,
        string folder,
        int run,
        ReadOnlyMemory<byte>? init,
        IReadOnlyList<SourceVariant> variants,
        ChannelWriter<SourceEvent> events,
        TimeProvider time,
        ILogger logger
    )
    {
        (_encoder, _folder, _run, _events, _time) = (encoder, folder, run, events, time);
        foreach (var variant in variants)
            _made[variant.Name] = default;
        _began = _moved = time.GetTimestamp();
        _feeding = FeedAsync(init);
        _telling = TellAsync(variants, logger);
    }

    public int Run => _run;

    /// <summary>ffmpeg's process, for the log.</summary>
    public int ProcessId => _encoder.Id;

    /// <summary>ffmpeg is gone, by itself or after <see cref="FinishAsync"/>.</summary>
    public Task Exited => _encoder.Exited;

    /// <summary>What failed by a fault of Spillway; null for nothing.</summary>
    public Task? Fault =>
        _telling.IsFaulted ? _telling
        : _feeding.IsFaulted ? _feeding
        : null;

    public string LastLine => _encoder.LastLine;

    public int ExitCode => _encoder.ExitCode;

    /// <summary>It has ended by itself before it was done, and not because it was ended here.</summary>
    public bool HasFailed => Exited.IsCompleted && ExitCode != 0 && !_wasKilled;

    public TimeSpan Age => _time.GetElapsedTime(_began);

    /// <summary>Media that waits for ffmpeg.</summary>
    public TimeSpan Pending
    {
        get
        {
            lock (_gate)
                return _pending;
        }
    }

    public bool HasMade
    {
        get
        {
            lock (_gate)
                return _made.Values.Any(static m => m.Next > 0);
        }
    }

    /// <summary>It has something to do and has done nothing for long, though nobody keeps it waiting.</summary>
    public bool IsStuck
    {
        get
        {
            lock (_gate)
                return _pending > TimeSpan.Zero && !_isTelling && _time.GetElapsedTime(_moved) > StuckAfter;
        }
    }

    /// <summary>Null when there is no ffmpeg on this machine.</summary>
    public static LadderSession? Start(
        LadderSettings settings,
        LadderPlan plan,
        int run,
        SegmentArrived first,
        ChannelWriter<SourceEvent> events,
        TimeProvider time,
        ILogger logger
    )
    {
        var folder = Path.Combine(settings.Folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{run}"));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        foreach (var step in plan.Steps)
            Directory.CreateDirectory(Path.Combine(folder, step.Name));
        var encoder = LadderEncoder.Start(settings.Program, plan.Arguments(settings.SegmentSeconds, settings.Preset), folder);
        if (encoder is null)
        {
            Directory.Delete(folder, recursive: true);
            return null;
        }
        var seconds = Math.Max(0.1, (first.Media.Duration ?? first.DeclaredDuration).TotalSeconds);
        var incoming = (int)Math.Min(100_000_000, first.Data.Length * 8 / seconds);
        var variants = plan.Steps.Select(s => LadderTop.Variant(folder, s, LadderPlan.Bandwidth(s, incoming))).ToList();
        return new LadderSession(encoder, folder, run, first.InitializationSection, variants, events, time, logger);
    }

    public void Feed(SegmentArrived segment)
    {
        var duration = DurationOf(segment);
        lock (_gate)
        {
            if (_pending == TimeSpan.Zero)
                _moved = _time.GetTimestamp();
            _unfinished.Add((segment, _fed));
            _fed += duration;
            while (_fed - _unfinished[0].Start > MostUnfinished && _unfinished.Count > 1)
                _unfinished.RemoveAt(0);
            _pending += duration;
        }
        _feed.Writer.TryWrite(segment);
    }

    /// <summary>What ffmpeg has not begun to read is not given to it any more. Returns how much that was.</summary>
    public TimeSpan Abandon()
    {
        var left = TimeSpan.Zero;
        while (_feed.Reader.TryRead(out var segment))
            left += DurationOf(segment);
        lock (_gate)
            _unfinished.Clear();
        return left;
    }

    public void Kill() => _encoder.Kill();

    /// <summary>No more comes: what ffmpeg has is brought to its end and told.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        _feed.Writer.TryComplete();
        var flushed = Task.WhenAll(_feeding, _encoder.Exited);
        if (await Task.WhenAny(flushed, Task.Delay(FlushPatience, _time, ct)) != flushed)
        {
            ct.ThrowIfCancellationRequested();
            _wasKilled = true;
            _encoder.Kill();
            await flushed;
        }
        await DrainAsync(ct);
    }

    /// <summary>After ffmpeg's end: all that it has listed is told.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        _feed.Writer.TryComplete();
        var wanted = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in _made.Keys)
            wanted[name] = await ListedAsync(name, ct);
        // One that ffmpeg died before writing is never followed, and so neither are the others.
        if (wanted.ContainsValue(0))
            return;
        var last = _time.GetTimestamp();
        long told = -1;
        while (true)
        {
            lock (_gate)
            {
                if (wanted.All(w => _made[w.Key].Next >= w.Value))
                    return;
                var now = _made.Values.Sum(static m => m.Next);
                if (now != told || _isTelling)
                    (told, last) = (now, _time.GetTimestamp());
            }
            if (_time.GetElapsedTime(last) > DrainPatience)
                return;
            await Task.Delay(Tick, _time, ct);
        }
    }

    /// <summary>Fed, and in nothing that was told: to be fed to the next one.</summary>
    public IReadOnlyList<SegmentArrived> Unfinished()
    {
        lock (_gate)
        {
            var made = _made.Values.Max(static m => m.Media) - Rounding;
            return [.. _unfinished.Where(u => u.Start >= made).Select(static u => u.Segment)];
        }
    }

    /// <summary>The number after the last one told, by rendition.</summary>
    public IReadOnlyList<(string Rendition, long Next)> Ends()
    {
        lock (_gate)
            return [.. _made.Select(static m => (m.Key, m.Value.Next))];
    }

    public async ValueTask DisposeAsync()
    {
        _feed.Writer.TryComplete();
        await _stop.CancelAsync();
        await _encoder.DisposeAsync();
        await _feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static TimeSpan DurationOf(SegmentArrived segment) => segment.Media.Duration ?? segment.DeclaredDuration;

    private async Task FeedAsync(ReadOnlyMemory<byte>? init)
    {
        var goesOn = init is not { } section || await _encoder.WriteAsync(section, _stop.Token);
        await foreach (var segment in _feed.Reader.ReadAllAsync(_stop.Token))
        {
            goesOn = goesOn && await _encoder.WriteAsync(segment.Data, _stop.Token);
            lock (_gate)
            {
                _pending -= DurationOf(segment);
                _moved = _time.GetTimestamp();
            }
        }
        _encoder.CloseInput();
    }

    private async Task TellAsync(IReadOnlyList<SourceVariant> variants, ILogger logger)
    {
        var made = Channel.CreateBounded<SourceEvent>(new BoundedChannelOptions(1) { SingleReader = true });
        using var http = new HttpUpstream(_time, new SourceReach([], allowPrivate: false));
        using var watch = new FolderWatch(_folder);
        var upstreams = new Upstreams(new FolderUpstream(_folder, onlyFinished: true), http);
        var warnings = new SourceWarnings(logger, _time) { TellsPresence = false };
        using var output = new SourceOutput(made.Writer, owncast: null, warnings, _time);
        // Nothing of it is old: all is taken, however late it is seen.
        var all = new StartWindow(10_000, 10_000, TimeSpan.MaxValue);
        var following = new RenditionSet(
            new LadderTop(_folder, variants),
            upstreams,
            output,
            owncast: null,
            watch,
            warnings,
            _time,
            all
        ).RunAsync(_stop.Token);
        try
        {
            await foreach (var next in made.Reader.ReadAllAsync(_stop.Token))
                await TellAsync(next);
        }
        finally
        {
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(SourceEvent made)
    {
        SourceEvent? own = made switch
        {
            SegmentArrived s => s with { Run = _run, Discontinuity = s.Discontinuity || IsFirst(s.Rendition) },
            SegmentMissed m => m with { Run = _run, Discontinuity = m.Discontinuity || IsFirst(m.Rendition) },
            RenditionsFound found => found,
            // Whether the source is there, only the source can say.
            _ => null,
        };
        if (own is null)
            return;
        lock (_gate)
            _isTelling = true;
        await _events.WriteAsync(own, _stop.Token);
        lock (_gate)
        {
            _isTelling = false;
            _moved = _time.GetTimestamp();
            if (own is SegmentArrived arrived)
                Note(arrived.Rendition, arrived.Sequence, DurationOf(arrived));
            else if (own is SegmentMissed missed)
                Note(missed.Rendition, missed.Sequence, missed.DeclaredDuration);
        }
    }

    private void Note(string rendition, long sequence, TimeSpan duration)
    {
        _made[rendition] = (sequence + 1, _made[rendition].Media + duration);
        var made = _made.Values.Max(static m => m.Media) - Rounding;
        _unfinished.RemoveAll(u => u.Start < made);
    }

    /// <summary>The first run of all has nothing before it.</summary>
    private bool IsFirst(string rendition)
    {
        lock (_gate)
            return _run > 0 && _made[rendition].Next == 0;
    }

    private async Task<long> ListedAsync(string rendition, CancellationToken ct)
    {
        try
        {
            var text = await File.ReadAllBytesAsync(Path.Combine(_folder, rendition, "stream.m3u8"), ct);
            return PlaylistParser.Parse(text).Media is { } media ? media.MediaSequence + media.Segments.Count : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
