using System.Threading.Channels;
using Spillway.Media;
using Spillway.Sources.Hls;

namespace Spillway.Sources.Ladder;

/// <summary>
/// Makes several renditions of one that another source brings, by an ffmpeg that is looked after. Where it cannot, what comes in
/// is passed on as it is, so that the show goes on.
/// </summary>
internal sealed partial class LadderSource(
    ISource inner,
    LadderSettings settings,
    TimeProvider time,
    ILogger<LadderSource> logger
) : ISource
{
    private const int ReadAhead = 8;

    /// <summary>ffmpegs in a row that made nothing at all, before it is left be.</summary>
    private const int MostFailures = 4;

    /// <summary>More than this behind, and older media is dropped. A source's first segments come all at once.</summary>
    private static readonly TimeSpan MostBehind = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MostBehindAtFirst = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlowIsToldFor = TimeSpan.FromMinutes(2);

    private readonly LadderAdvice _advice = new();
    private ChannelWriter<SourceEvent> _events = null!;
    private IReadOnlyList<SourceRendition> _found = [];
    private string? _best;
    private LadderSession? _session;
    private IncomingFormat? _format;
    private bool _isPassing;
    private int _nextRun;
    private int _offset;
    private int _failures;
    private long _slowAt;

    public async Task RunAsync(ChannelWriter<SourceEvent> events, CancellationToken ct)
    {
        _events = events;
        if (Directory.Exists(settings.Folder))
            Directory.Delete(settings.Folder, recursive: true);
        var incoming = Channel.CreateBounded<SourceEvent>(new BoundedChannelOptions(ReadAhead) { SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var following = inner.RunAsync(incoming.Writer, stop.Token);
        try
        {
            while (true)
            {
                await WaitAsync(incoming.Reader, following, ct);
                if (following.IsCompleted)
                    await following;
                if (_session is { IsStuck: true } stuck)
                {
                    Log.Stuck(logger, stuck.ProcessId);
                    stuck.Kill();
                    await stuck.Exited;
                }
                if (_session is { Fault: { } fault })
                    await fault;
                if (_session is { Exited.IsCompleted: true } dead)
                    await ReplaceAsync(dead, ct);
                if (incoming.Reader.TryRead(out var next))
                    await HandleAsync(next, ct);
                await AdviseAsync(ct);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_session is { } last)
                await last.DisposeAsync();
            if (Directory.Exists(settings.Folder))
                Directory.Delete(settings.Folder, recursive: true);
        }
    }

    private async Task WaitAsync(ChannelReader<SourceEvent> incoming, Task following, CancellationToken ct)
    {
        using var tick = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var more = incoming.WaitToReadAsync(tick.Token).AsTask();
        var pause = Task.Delay(Tick, time, tick.Token);
        await Task.WhenAny(more, pause, following, _session?.Exited ?? pause);
        await tick.CancelAsync();
        await Task.WhenAll(more, pause).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    private async Task HandleAsync(SourceEvent next, CancellationToken ct)
    {
        switch (next)
        {
            case RenditionsFound found:
                await FoundAsync(found, ct);
                break;
            case SegmentArrived segment when segment.Rendition == _best:
                await TakeAsync(segment, ct);
                break;
            case SegmentArrived segment when _isPassing:
                await PassAsync(segment, ct);
                break;
            case SegmentMissed missed when _isPassing:
                await _events.WriteAsync(missed with { Run = Passed(missed.Run) }, ct);
                break;
            case SegmentMissed missed when missed.Rendition == _best:
                await MissedAsync(missed, ct);
                break;
            case SourceAway:
                // What has come in is still to be shown; what comes after the pause is not its continuation.
                await EndAsync(ct);
                await _events.WriteAsync(next, ct);
                break;
            case SourceBack or SourceTitle:
                await _events.WriteAsync(next, ct);
                break;
            case SourceAdvice advice:
                _advice.Inner = advice.Text;
                break;
        }
    }

    private async Task FoundAsync(RenditionsFound found, CancellationToken ct)
    {
        _found = found.Renditions;
        var best = _found.OrderByDescending(static r => r.Bandwidth ?? 0).FirstOrDefault()?.Name;
        if (best != _best)
            await EndAsync(ct);
        _best = best;
        _advice.Choice =
            _found.Count > 1 && !_isPassing
                ? $"Ladder: of the {_found.Count} renditions that come in only {best} is used; the others cost the encoder's line for nothing."
                : null;
        if (_isPassing)
            await _events.WriteAsync(found, ct);
    }

    private async Task TakeAsync(SegmentArrived segment, CancellationToken ct)
    {
        var format = IncomingFormat.Of(segment);
        if ((_session is null && !_isPassing) || segment.Discontinuity || format != _format)
        {
            await EndAsync(ct);
            _failures = 0;
            await BeginAsync(segment, ct);
        }
        if (_isPassing)
        {
            await PassAsync(segment, ct);
            return;
        }
        _session!.Feed(segment);
        var most = _session.Age < First && _advice.Slow is null ? MostBehindAtFirst : MostBehind;
        if (_session.Pending > most)
            await CatchUpAsync(segment, ct);
    }

    /// <summary>Rather a gap than a show that is later and later.</summary>
    private async Task CatchUpAsync(SegmentArrived newest, CancellationToken ct)
    {
        var dropped = _session!.Abandon();
        _slowAt = time.GetTimestamp();
        _advice.Slow =
            $"Ladder: this machine cannot encode {settings.Steps.Count(static s => !s.IsSource)} renditions in real time: "
            + $"{dropped.TotalSeconds:0} s were left out. Take some out of Ladder, or smaller ones.";
        Log.Slow(logger, dropped.TotalSeconds);
        await EndAsync(ct);
        await BeginAsync(newest, ct);
        if (_isPassing)
            await PassAsync(newest, ct);
        else
            _session!.Feed(newest);
    }

    private async Task BeginAsync(SegmentArrived first, CancellationToken ct)
    {
        _format = IncomingFormat.Of(first);
        var plan = LadderPlan.For(settings.Steps, first.Media);
        _advice.Plan = plan.Advice;
        _advice.Trouble = null;
        if (!plan.PassesOn)
        {
            _session = LadderSession.Start(settings, plan, _nextRun, first, _events, time, logger);
            if (_session is { } session)
            {
                _nextRun++;
                _isPassing = false;
                Log.Started(logger, string.Join(", ", plan.Steps.Select(static s => s.Name)), session.ProcessId);
                return;
            }
            _advice.Trouble =
                "Ladder: there is no ffmpeg on this machine, so what comes in is passed on as it is. Install it: "
                + "sudo apt-get install ffmpeg; it is used from the source's next start on.";
            Log.NoFfmpeg(logger);
        }
        await BeginPassingAsync(first, ct);
    }

    private async Task BeginPassingAsync(SegmentArrived first, CancellationToken ct)
    {
        _isPassing = true;
        _advice.Choice = null;
        _offset = _nextRun - first.Run;
        await _events.WriteAsync(new RenditionsFound(_found), ct);
    }

    private Task PassAsync(SegmentArrived segment, CancellationToken ct)
    {
        var run = Passed(segment.Run);
        return _events.WriteAsync(segment with { Run = run }, ct).AsTask();
    }

    private int Passed(int run)
    {
        var own = Math.Max(0, run + _offset);
        _nextRun = Math.Max(_nextRun, own + 1);
        return own;
    }

    private async Task MissedAsync(SegmentMissed missed, CancellationToken ct)
    {
        if (_session is not { } session)
            return;
        var ends = session.Ends();
        await EndAsync(ct);
        foreach (var (rendition, _) in ends)
        {
            var next = session.Ends().First(e => e.Rendition == rendition).Next;
            await _events.WriteAsync(
                new SegmentMissed(rendition, session.Run, next, next == 0, missed.DeclaredDuration, missed.Reason),
                ct
            );
        }
    }

    /// <summary>The running ffmpeg, if any, brings what it has to its end.</summary>
    private async Task EndAsync(CancellationToken ct)
    {
        for (var attempt = 1; _session is { } session; attempt++)
        {
            await session.FinishAsync(ct);
            if (session.HasFailed && attempt < MostFailures && session.Unfinished().Count > 0)
            {
                await ReplaceAsync(session, ct);
                continue;
            }
            await session.DisposeAsync();
            _session = null;
        }
    }

    /// <summary>ffmpeg has died: the next one begins with what is not in anything that was told.</summary>
    private async Task ReplaceAsync(LadderSession dead, CancellationToken ct)
    {
        await dead.DrainAsync(ct);
        _failures = dead.HasMade ? 1 : _failures + 1;
        // First the pause: when the program is stopped, ffmpeg is, too, and that is no failure.
        await Task.Delay(Backoff.After(_failures, TimeSpan.FromSeconds(5)), time, ct);
        var (code, said, left) = (dead.ExitCode, dead.LastLine, dead.Unfinished());
        await dead.DisposeAsync();
        _session = null;
        Log.Died(logger, code, said);
        if (left.Count == 0)
            return;
        if (_failures > MostFailures)
        {
            _advice.Trouble = $"Ladder: ffmpeg cannot encode what comes in, so it is passed on as it is. It said: {said}";
            await BeginPassingAsync(left[0], ct);
        }
        else
        {
            await BeginAsync(left[0], ct);
        }
        foreach (var segment in left)
        {
            if (_isPassing)
                await PassAsync(segment, ct);
            else
                _session!.Feed(segment);
        }
    }

    private async Task AdviseAsync(CancellationToken ct)
    {
        if (_advice.Slow is not null && time.GetElapsedTime(_slowAt) > SlowIsToldFor)
            _advice.Slow = null;
        if (_advice.News(out var text))
            await _events.WriteAsync(new SourceAdvice(text), ct);
    }

    /// <summary>What one ffmpeg can be fed with, without a word between.</summary>
    private sealed record IncomingFormat(int Run, MediaContainer Container, string? Codecs, int? Width, int? Height, string? Init)
    {
        public static IncomingFormat Of(SegmentArrived segment)
        {
            var video = segment.Media.Tracks.FirstOrDefault(static t => t.Kind == TrackKind.Video);
            return new IncomingFormat(
                segment.Run,
                segment.Media.Container,
                segment.Media.Codecs,
                video?.Width,
                video?.Height,
                segment.InitializationSection is { } init ? Playlists.StreamKeys.Hash(init.Span) : null
            );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Ladder: ffmpeg (process {ProcessId}) makes {Renditions}")]
        public static partial void Started(ILogger logger, string renditions, int processId);

        [LoggerMessage(2, LogLevel.Warning, "Ladder: ffmpeg ended with {ExitCode} and starts again; it said: {Line}")]
        public static partial void Died(ILogger logger, int exitCode, string line);

        [LoggerMessage(3, LogLevel.Warning, "Ladder: ffmpeg (process {ProcessId}) does nothing any more and is ended")]
        public static partial void Stuck(ILogger logger, int processId);

        [LoggerMessage(4, LogLevel.Warning, "Ladder: ffmpeg is too slow on this machine; {Seconds:0.0} s were left out")]
        public static partial void Slow(ILogger logger, double seconds);

        [LoggerMessage(5, LogLevel.Warning, "Ladder: there is no ffmpeg on this machine; what comes in is passed on as it is")]
        public static partial void NoFfmpeg(ILogger logger);
    }
}
