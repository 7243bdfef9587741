using Spillway.Configuration;

namespace Spillway.Checks;

/// <summary>The map of the check: its parts, which all run at once, and the order in which they are shown.</summary>
internal static class CheckRun
{
    /// <param name="settings">As they were read.</param>
    /// <param name="options">The same, without an error.</param>
    public static async Task<IReadOnlyList<CheckFinding>> RunAsync(
        ConfigurationResult settings,
        SpillwayOptions options,
        CheckLimits limits,
        TimeProvider time,
        bool fix,
        Action<string> say,
        CancellationToken cancellationToken
    )
    {
        var running = await LocalServer.AskAsync(options, limits.Answer, cancellationToken);
        var context = new CheckContext(options, time, limits, running, fix, say);
        var (own, machine, store, edge, tracker) = (
            new FindingList(),
            new FindingList(),
            new FindingList(),
            new FindingList(),
            new FindingList()
        );
        var sources = options.Streams.ToDictionary(static pair => pair.Key, static pair => new FindingList(pair.Key));
        SettingsCheck.Run(settings, options, own);
        await Task.WhenAll(
            WithinAsync("this machine", new MachineCheck(context, machine).RunAsync),
            WithinAsync(
                "the store and its edge",
                context.HasBucket
                    ? new BucketCheck(context, machine, store, edge).RunAsync
                    : new EmbeddedCheck(context, store, edge).RunAsync
            ),
            WithinAsync("the tracker", new TrackerCheck(context, tracker).RunAsync),
            Task.WhenAll(
                sources.Select(pair =>
                    WithinAsync(
                        $"the source of {pair.Key}",
                        new SourceCheck(context, pair.Key, options.Streams[pair.Key], pair.Value).RunAsync
                    )
                )
            )
        );
        return
        [
            .. new[] { own, machine, store, edge }.SelectMany(static list => list.All),
            .. sources.Values.SelectMany(static list => list.All),
            .. tracker.All,
        ];

        async Task WithinAsync(string part, Func<CancellationToken, Task> run)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(limits.Part);
            try
            {
                await run(late.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                machine.Add(MachineFindings.Unfinished, $"The check of {part} took more than {limits.Part.TotalSeconds:0.#} s.");
            }
        }
    }
}
