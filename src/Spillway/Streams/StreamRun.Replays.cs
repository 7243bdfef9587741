using Spillway.Playlists;
using Spillway.Replays;

namespace Spillway.Streams;

/// <content>Replays: of the broadcast on air, of those that an earlier run left without an end, and the list of them.</content>
internal sealed partial class StreamRun
{
    private readonly List<BroadcastReplay> _oldReplays = [];
    private readonly ReplayShelf? _shelf;
    private (string? Replay, string? Replays) _toldOfReplays;

    /// <summary>From any thread; null: none is kept.</summary>
    public IReadOnlyList<ReplayEntry>? ReplayList => _shelf?.Entries;

    /// <summary>From any thread; the answer comes from the loop that owns the stream.</summary>
    public Task<ReplayAnswer> ReplaysAsync() => AskAsync(() => Task.FromResult(new ReplayAnswer(_shelf?.Entries ?? [], null)));

    /// <inheritdoc cref="ReplaysAsync"/>
    public Task<ReplayAnswer> DeleteReplayAsync(string broadcast) => AskAsync(() => DeleteReplay(broadcast));

    private async Task<ReplayAnswer> AskAsync(Func<Task<ReplayAnswer>> answer)
    {
        var done = new TaskCompletionSource<Task<ReplayAnswer>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers.Writer.TryWrite(() => done.TrySetResult(answer()));
        return await await done.Task;
    }

    private async Task<ReplayAnswer> DeleteReplay(string broadcast)
    {
        if (_shelf is not { } shelf)
            return new ReplayAnswer([], $"{Name} keeps no replays: none of its settings Replay is set.");
        if (shelf.Problem is { } problem)
            return new ReplayAnswer(shelf.Entries, problem);
        if (shelf.Entries.FirstOrDefault(entry => entry.Broadcast == broadcast) is not { } entry)
            return new ReplayAnswer(shelf.Entries, ReplayText.NoSuch(Name, broadcast, shelf.Entries));
        if (entry.OnAir)
            return new ReplayAnswer(shelf.Entries, $"{broadcast} is on air: it can be deleted once it has ended.");
        shelf.Remove(broadcast);
        shelf.Tend(_parts.Store.Now);
        StreamLog.ReplayDeleted(Logger, Name, broadcast);
        var left = shelf.Entries.ToArray();
        await shelf.Published;
        return new ReplayAnswer(left, null);
    }

    /// <summary>Also while replays are switched off, as long as some are listed.</summary>
    private ReplayShelf? OpenShelf()
    {
        var stored = _history.Replays;
        if (stored.Problem is { } problem)
            StreamLog.ReplayProblem(Logger, Name, problem);
        return _parts.Options.Replay.IsOn || stored.Document is not null
            ? new ReplayShelf(_parts.Options.Replay, stored, Open(StreamKeys.Replays(Name), stored.Document))
            : null;
    }

    /// <summary>The replay of a broadcast that begins, or goes on after a restart; null when none is to be kept.</summary>
    private BroadcastReplay? CreateReplay(
        string broadcast,
        DateTimeOffset begin,
        bool independentSegments,
        IEnumerable<BroadcastRendition> renditions
    )
    {
        if (_shelf is null or { Problem: not null })
            return null;
        var stored = _history.Replays.Find(broadcast);
        // What was begun goes on also when the setting has been taken away meanwhile: it is listed already.
        if (!_parts.Options.Replay.IsOn && stored is null)
            return null;
        var variants = renditions.Select(static r => r.Format.ToVariant(r.Declared.Name));
        return new BroadcastReplay(Name, broadcast, begin, independentSegments, variants, Open, stored);
    }

    /// <summary>Replays that were left without an end, other than of a broadcast that goes on.</summary>
    private void EndOldReplays()
    {
        if (_shelf is null or { Problem: not null })
            return;
        foreach (var stored in _history.Replays.Unfinished.Where(stored => stored.Broadcast != _broadcast?.Id))
        {
            var begin = stored.Entry?.Begin ?? _parts.Store.Now;
            _oldReplays.Add(
                new BroadcastReplay(Name, stored.Broadcast, begin, stored.IndependentSegments, stored.Variants, Open, stored)
            );
        }
        // One of which nothing is stored any more can never be ended.
        foreach (var entry in _shelf.Entries.Where(static entry => entry.OnAir).ToList())
        {
            if (_history.Replays.Find(entry.Broadcast) is null)
                _shelf.Remove(entry.Broadcast);
        }
    }

    private void TendReplays()
    {
        if (_shelf is not { } shelf)
            return;
        Broadcast[] open = _broadcast is null ? [.. _ending] : [.. _ending, _broadcast];
        foreach (var on in open)
        {
            if (on.Replay is { } replay && replay.HasNews(Now))
                shelf.Set(replay.ToEntry(Title, on.Bytes));
        }
        foreach (var old in _oldReplays)
        {
            old.Publish(Now, ended: true);
            if (old.IsDone && old.HasNews(Now))
                shelf.Set(old.ToEntry(shelf.Entries.FirstOrDefault(e => e.Broadcast == old.Broadcast)?.Title ?? Title, 0));
        }
        _oldReplays.RemoveAll(static old => old.IsDone);
        foreach (var entry in shelf.Tend(_parts.Store.Now))
            StreamLog.ReplayExpired(Logger, Name, entry.Broadcast);
        // Only what is stored is told of: a 404 would stay in the edge's cache.
        if (ToldOfReplays(Status.State) != _toldOfReplays)
            PublishPlayer(Status.State);
    }

    private async Task FinishReplaysAsync(IEnumerable<Broadcast> unfinished, CancellationToken cancellationToken)
    {
        foreach (var left in unfinished)
        {
            if (left.Replay is { } replay)
                await replay.Published.WaitAsync(cancellationToken);
        }
        if (_shelf is { } shelf)
            await shelf.Published.WaitAsync(cancellationToken);
    }

    private PlayerDocument WithReplays(PlayerDocument document)
    {
        _toldOfReplays = ToldOfReplays(document.State);
        return document with { Replay = _toldOfReplays.Replay, Replays = _toldOfReplays.Replays };
    }

    private (string? Replay, string? Replays) ToldOfReplays(string state) =>
        (state is "live" or "slate" ? (_broadcast ?? OnAir)?.Replay?.Path : null, _shelf?.Path);

    /// <summary>As players are told it.</summary>
    private string Title => PlayerSettings.TitleOf(Name, _parts.Options, _sourceTitle);
}

/// <param name="Replays">The list as it is now.</param>
/// <param name="Refusal">Why nothing was done, in words; null when it was.</param>
internal sealed record ReplayAnswer(IReadOnlyList<ReplayEntry> Replays, string? Refusal);
