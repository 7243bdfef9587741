using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spillway.Events;
using Spillway.Hooks;

namespace Spillway.Tests.Hooks;

/// <summary>One hook and one receiver, on a clock that a test moves.</summary>
public abstract class HookTest : IAsyncLifetime
{
    private readonly List<HookSender> _senders = [];

    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 19, 5, 1, TimeSpan.Zero));
    private protected EventLog Events { get; }
    private protected HookReceiver Receiver { get; private set; } = null!;
    private protected LogLines Logged { get; } = new();

    private protected HookTest() => Events = new EventLog(() => Time.GetUtcNow());

    public async ValueTask InitializeAsync() => Receiver = await HookReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in _senders)
        {
            await sender.StopAsync(default);
            sender.Dispose();
        }
        await Receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The kinds of a test's own; the default ones otherwise.</summary>
    private protected async Task<HookSender> StartAsync(Uri? address = null, string[]? kinds = null)
    {
        var options = new HookOptions { Url = (address ?? Receiver.Address).ToString(), Secret = HookReceiver.Secret };
        options.Events = kinds ?? options.Events;
        var hooks = new Dictionary<string, HookOptions>(StringComparer.Ordinal) { ["ops"] = options, ["off"] = new() };
        var sender = new HookSender(hooks, Events, "aaaa", () => Time.GetUtcNow(), Time, Logged);
        _senders.Add(sender);
        await sender.StartAsync(default);
        return sender;
    }

    private protected OperatorEvent Tell(string kind) => Events.Add(EventLevel.Info, "live", kind, $"text of {kind}");

    /// <summary>Moves the clock until something is so.</summary>
    private protected async Task WaitAsync(TimeSpan atMost, Func<bool> condition)
    {
        var step = TimeSpan.FromSeconds(1);
        for (var waited = TimeSpan.Zero; waited < atMost && !condition(); waited += step)
        {
            Time.Advance(step);
            // What the step has set going goes on real sockets.
            await Task.Delay(2);
        }
        await Until.TrueAsync(condition, () => $"it is so: {Receiver.Kinds} {string.Join('\n', Logged.All)}");
    }

    /// <summary>As text, with its level.</summary>
    internal sealed class LogLines : ILogger<HookSender>
    {
        public ConcurrentQueue<string> All { get; } = new();

        IDisposable? ILogger.BeginScope<TState>(TState state) => null;

        bool ILogger.IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => All.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
    }
}
