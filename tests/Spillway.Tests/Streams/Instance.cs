using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tests.Storage;
using Spillway.Timeline;

namespace Spillway.Tests.Streams;

/// <summary>
/// One process of several on the same store: with a line, a source, a wall clock and a monotonic clock of its own. The latter stands
/// still for the process while it is frozen, and has gone on when it thaws, as SIGSTOP does it.
/// </summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly TestStore _store;
    private readonly StreamOptions _options;
    private readonly string? _id;
    private readonly FakeTimeProvider _time;
    private readonly ITimer _ticking;
    private readonly CancellationTokenSource _stop = new();
    private Channel<SourceEvent> _source = null!;
    private volatile bool _isFrozen;

    /// <param name="clockIsWrongBy">Of its wall clock.</param>
    /// <param name="id">Null: one of its own.</param>
    public Instance(TestStore store, StreamOptions options, TimeSpan clockIsWrongBy = default, string? id = null)
    {
        (_store, _options, _id) = (store, options, id);
        Line = new InstanceLine(store.Line);
        var world = store.Clock.Time;
        _time = new FakeTimeProvider(world.GetUtcNow() + clockIsWrongBy);
        // In step with the world's clock, so that it stands still while the store is at work.
        _ticking = world.CreateTimer(_ => Follow(clockIsWrongBy), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(40));
    }

    public InstanceLine Line { get; }

    public LiveStream Stream { get; private set; } = null!;

    public Task Running { get; private set; } = Task.CompletedTask;

    public bool Writes => Stream.Writer!.Writes && !Stream.StandsBy;

    public Instance Start()
    {
        Stream = new LiveStream(
            "live",
            _options,
            Line,
            conditional: true,
            new PlayerSettings(static _ => ["ws://{host}:3000/tracker/live"], [], static key => $"http://edge/{key}"),
            _time,
            NullLogger<LiveStream>.Instance,
            slates: null,
            _id
        );
        _source = Channel.CreateBounded<SourceEvent>(8);
        Running = Stream.RunAsync(_source.Reader, _stop.Token);
        _source.Writer.TryWrite(new RenditionsFound([Made.Rendition("0", target: 1)]));
        return this;
    }

    public async Task SendAsync(SourceEvent next)
    {
        if (_isFrozen || _stop.IsCancellationRequested)
            return;
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _source.Writer.WriteAsync(next, late.Token);
    }

    public void Freeze()
    {
        _isFrozen = true;
        Line.Freeze();
    }

    public void Thaw()
    {
        _isFrozen = false;
        Line.Thaw();
    }

    /// <summary>kill -9: nothing gets out of it any more.</summary>
    public async Task KillAsync()
    {
        Line.IsCut = true;
        await _stop.CancelAsync();
    }

    /// <summary>SIGTERM.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Running.WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        Thaw();
        Line.BeforePut = static (_, _) => Task.CompletedTask;
        await StopAsync();
        await _ticking.DisposeAsync();
        Stream?.Dispose();
        _stop.Dispose();
    }

    private void Follow(TimeSpan wrong)
    {
        if (_isFrozen)
            return;
        var passed = _store.Clock.Time.GetUtcNow() + wrong - _time.GetUtcNow();
        if (passed > TimeSpan.Zero)
            _time.Advance(passed);
    }
}
