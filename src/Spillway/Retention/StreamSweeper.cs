using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>
/// When a stream is swept: some minutes after a start, each hour on air, an hour after it went off air, when something is due,
/// and once a day. A LIST of 1,000 keys is an operation of class A, so never more than that. One sweep at a time.
/// </summary>
/// <param name="stream">Its name.</param>
/// <param name="sweep">One sweep; true for a rehearsal.</param>
/// <param name="isOnAir">Whether new segments are being stored.</param>
/// <param name="storeNow">The store's time.</param>
internal sealed partial class StreamSweeper(
    string stream,
    Func<bool, CancellationToken, Task<SweepResult>> sweep,
    Func<bool> isOnAir,
    Func<DateTimeOffset> storeNow,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>A start is busy enough, and a program that cannot stay up need not list each time.</summary>
    public static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Hourly = TimeSpan.FromMinutes(60);
    public static readonly TimeSpan Daily = TimeSpan.FromHours(24);

    /// <summary>Objects must be older than an hour, by a clock of seconds.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Until cancelled. A sweep that fails is told and tried again an hour later.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var wait = AfterStart;
        while (true)
        {
            await WaitAsync(wait, cancellationToken);
            wait = Hourly;
            try
            {
                wait = Next(await SweepAsync(dryRun: false, cancellationToken));
            }
            catch (ObjectStoreException exception)
            {
                Log.StoreAway(logger, stream, exception.Message);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A defect, but the show goes on without a sweep.
                Log.Failed(logger, stream, exception);
            }
        }
    }

    /// <summary>At once, after one that is under way.</summary>
    /// <exception cref="ObjectStoreException">The store could not be listed.</exception>
    public Task<SweepResult> SweepAsync(bool dryRun, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var mine = AfterAsync(_last, dryRun, cancellationToken);
            _last = mine;
            return mine;
        }
    }

    private async Task<SweepResult> AfterAsync(Task before, bool dryRun, CancellationToken cancellationToken)
    {
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return await sweep(dryRun, cancellationToken);
    }

    private TimeSpan Next(SweepResult result)
    {
        if (isOnAir())
            return Hourly;
        var more = result.More is { } at ? at - storeNow() + Slack : Daily;
        return more < Hourly ? Hourly
            : more > Daily ? Daily
            : more;
    }

    /// <summary>Never longer; shorter when it goes on air or off air meanwhile.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var wasOnAir = isOnAir();
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < wait; )
        {
            await Task.Delay(Tick, time, cancellationToken);
            if (isOnAir() == wasOnAir)
                continue;
            wasOnAir = !wasOnAir;
            // What has just ended is old enough in an hour.
            var due = time.GetElapsedTime(start) + Hourly + (wasOnAir ? TimeSpan.Zero : Slack);
            if (due < wait)
                wait = due;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Stream}: the sweep is put off for an hour, the store does not list: {Cause}")]
        public static partial void StoreAway(ILogger logger, string stream, string cause);

        [LoggerMessage(
            2,
            LogLevel.Error,
            "{Stream}: the sweep failed and is tried again in an hour; this is a defect of Spillway"
        )]
        public static partial void Failed(ILogger logger, string stream, Exception exception);
    }
}

/// <summary>The way to the sweeper of whoever writes the stream now; empty while it is not written here.</summary>
/// <param name="pages">The player page's files that this program carries, below <c>watch/</c>; null: another stream sees to them.</param>
internal sealed class StreamSweeps(IReadOnlySet<string>? pages = null)
{
    private StreamSweeper? _current;

    public IReadOnlySet<string>? Pages => pages;

    /// <summary>Null: this instance does not write the stream now.</summary>
    public StreamSweeper? Current => Volatile.Read(ref _current);

    public void Attach(StreamSweeper sweeper) => Volatile.Write(ref _current, sweeper);

    /// <summary>Unless another has come in its place.</summary>
    public void Detach(StreamSweeper sweeper) => Interlocked.CompareExchange(ref _current, null, sweeper);
}
