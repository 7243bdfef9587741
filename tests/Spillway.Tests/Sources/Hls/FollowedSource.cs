using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spillway.Sources;
using Spillway.Sources.Hls;
using Spillway.Sources.Ladder;
using Spillway.Sources.Push;

namespace Spillway.Tests.Sources.Hls;

/// <summary>A running source, what it told and what it logged.</summary>
internal sealed class FollowedSource : IAsyncDisposable, ILogger<HlsSource>, ILogger<PushSource>, ILogger<LadderSource>
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<SourceEvent> _channel;
    private readonly Task _running;
    private readonly Task? _pump;
    private readonly List<SourceEvent> _events = [];

    private FollowedSource(Func<FollowedSource, TimeProvider, ISource> make, int capacity, FakeTimeProvider? clock)
    {
        _channel = Channel.CreateBounded<SourceEvent>(capacity);
        _running = make(this, clock ?? TimeProvider.System).RunAsync(_channel.Writer, _stop.Token);
        if (clock is not null)
            _pump = PumpAsync(clock);
    }

    public ConcurrentQueue<string> Logged { get; } = new();

    public IReadOnlyList<SourceEvent> Events => _events;

    public IEnumerable<SegmentArrived> Segments => _events.OfType<SegmentArrived>();

    public IEnumerable<SegmentMissed> Missed => _events.OfType<SegmentMissed>();

    public static FollowedSource Start(string location, int capacity = 16) => Start(Hls(location), capacity);

    /// <summary>Any source; it is given this as its logger.</summary>
    public static FollowedSource Start(Func<FollowedSource, TimeProvider, ISource> make, int capacity = 16) =>
        new(make, capacity, null);

    /// <summary>For long silences: the clock runs about twenty times as fast.</summary>
    public static FollowedSource StartFast(string location) => StartFast(Hls(location));

    public static FollowedSource StartFast(Func<FollowedSource, TimeProvider, ISource> make) =>
        new(make, 16, new FakeTimeProvider());

    /// <summary>Reads events until there are enough; fails with what came when they do not come.</summary>
    public async Task<FollowedSource> UntilAsync(Func<FollowedSource, bool> enough)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            while (!enough(this))
                _events.Add(await _channel.Reader.ReadAsync(late.Token));
        }
        catch (OperationCanceledException)
        {
            if (_running.IsFaulted)
                await _running;
            Assert.Fail($"not enough came:\n{string.Join('\n', _events.Select(Show))}\n{string.Join('\n', Logged)}");
        }
        return this;
    }

    public Task<FollowedSource> UntilSegmentsAsync(int count) => UntilAsync(s => s.Segments.Count() >= count);

    public Task<FollowedSource> UntilSequenceAsync(int run, long sequence, string? rendition = null) =>
        UntilAsync(s =>
            s.Segments.Any(a => a.Run == run && a.Sequence == sequence && (rendition is null || a.Rendition == rendition))
        );

    /// <summary>"run:sequence" of each segment, with "!" at a discontinuity and "-" before what was missed.</summary>
    public string Story(string? rendition = null) =>
        string.Join(
            ' ',
            _events
                .Select(e =>
                    e switch
                    {
                        SegmentArrived s when rendition is null || s.Rendition == rendition =>
                            $"{s.Run}:{s.Sequence}{(s.Discontinuity ? "!" : "")}",
                        SegmentMissed m when rendition is null || m.Rendition == rendition =>
                            $"-{m.Run}:{m.Sequence}{(m.Discontinuity ? "!" : "")}",
                        SourceAway => "away",
                        SourceBack => "back",
                        _ => "",
                    }
                )
                .Where(s => s.Length > 0)
        );

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        if (_pump is not null)
            await _pump;
        _stop.Dispose();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Logged.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    private static Func<FollowedSource, TimeProvider, ISource> Hls(string location) =>
        (self, time) => new HlsSource(location, time, self);

    private static string Show(SourceEvent e) =>
        e is SegmentArrived s ? $"arrived {s.Rendition} {s.Run}:{s.Sequence}" : e.ToString();

    private async Task PumpAsync(FakeTimeProvider clock)
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(2);
            clock.Advance(TimeSpan.FromMilliseconds(50));
        }
    }
}
