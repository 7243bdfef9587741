using Spillway.Events;

namespace Spillway.Hooks;

/// <summary>Brings the events to the hooks of the settings. At a stop what waits is tried once more, for 2 s at most.</summary>
internal sealed class HookSender : BackgroundService
{
    public static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly EventLog _log;
    private readonly CancellationToken _programStops;
    private readonly HttpClient _client = HookPost.CreateClient();
    private readonly Hook[] _hooks;

    /// <param name="hooks">The settings' hooks; those without an address are off.</param>
    /// <param name="log">What happens.</param>
    /// <param name="instance">This instance's id.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="programStops">Comes before this service's own turn to stop: the time is used meanwhile.</param>
    public HookSender(
        IReadOnlyDictionary<string, HookOptions> hooks,
        EventLog log,
        string instance,
        Func<DateTimeOffset> now,
        TimeProvider time,
        ILogger<HookSender> logger,
        CancellationToken programStops = default
    )
    {
        (_log, _programStops) = (log, programStops);
        var post = new HookPost(_client, now, time);
        _hooks =
        [
            .. hooks
                .Where(static pair => pair.Value.Url.Length > 0)
                .Select(pair => new Hook(pair.Key, pair.Value, instance, post, now, time, logger)),
        ];
    }

    /// <summary>How it stands with each, in the order of the settings.</summary>
    public IReadOnlyList<HookStatus> Status => [.. _hooks.Select(static hook => hook.Status)];

    public override void Dispose()
    {
        base.Dispose();
        _client.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_hooks.Length == 0)
            return;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _programStops);
        using var end = new CancellationTokenSource();
        await using var patience = stopping.Token.Register(() => end.CancelAfter(StopPatience));
        var sending = _hooks.Select(hook => hook.RunAsync(stopping.Token, end.Token)).ToArray();
        await foreach (var happened in _log.FollowAsync(0, stopping.Token))
        {
            foreach (var hook in _hooks)
                hook.Tell(happened);
        }
        await Task.WhenAll(sending);
    }
}
