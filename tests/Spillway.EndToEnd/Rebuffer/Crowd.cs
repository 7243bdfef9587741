using System.Globalization;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>Who watches: some who stay, some who come and go, and some with plain hls.js.</summary>
internal sealed class Crowd(Browser browser, Stage stage) : IAsyncDisposable
{
    private readonly List<Watching> _passing = [];
    private readonly List<Picture> _left = [];
    private int _came;

    public List<Watching> Staying { get; } = [];
    public List<Watching> Plain { get; } = [];

    /// <summary>What those who left had seen, and those who are still there.</summary>
    public IReadOnlyList<Picture> Passed => [.. _left, .. _passing.Select(static who => who.Last).OfType<Picture>()];

    public IEnumerable<Watching> Lasting => Staying.Concat(Plain);

    public async Task GatherAsync(int staying, int passing, int plain)
    {
        for (var index = 1; index <= plain; index++)
            Plain.Add(await Watching.OpenAsync(browser, plain == 1 ? "plain hls.js" : $"plain hls.js {index}", stage.PlainPage));
        for (var index = 1; index <= staying; index++)
            Staying.Add(await Watching.OpenAsync(browser, $"viewer {index}", stage.Page));
        foreach (var who in Lasting)
            await who.BeginsAsync(TimeSpan.FromSeconds(40));
        for (var index = 0; index < passing; index++)
            await ComeAsync();
    }

    /// <summary>The one who has been there for the longest time leaves, and another comes.</summary>
    public async Task ChangeAsync()
    {
        var who = _passing[0];
        _passing.RemoveAt(0);
        _left.Add(await who.LookAsync());
        await who.DisposeAsync();
        await ComeAsync();
    }

    /// <summary>Whose page with plain hls.js has given up opens it again: that one has clicked.</summary>
    public async Task ReopenPlainAsync()
    {
        for (var index = 0; index < Plain.Count; index++)
        {
            if (Plain[index].Last is not { IsStill: true })
                continue;
            var name = Plain[index].Name;
            await Plain[index].DisposeAsync();
            Plain[index] = await Watching.OpenAsync(browser, name, stage.PlainPage);
            await Plain[index].BeginsAsync(TimeSpan.FromSeconds(40));
        }
    }

    public async Task LookAsync()
    {
        foreach (var who in Lasting.Concat(_passing))
            await who.LookAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var who in Lasting.Concat(_passing))
            await who.DisposeAsync();
    }

    private async Task ComeAsync() => _passing.Add(await Watching.OpenAsync(browser, $"passing {++_came}", stage.Page));

    /// <summary>How those do who stay.</summary>
    public override string ToString() =>
        string.Join(
            "; ",
            Lasting.Select(static who =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{who.Name}: {who.Last!.Latency:F1} s behind, buffer {who.Last.Buffer:F1} s, {who.Last.Starved.Count()} stalls of {who.Last.Stalled:F1} s, {who.Last.FromPeers / 1e6:F1} MB from peers"
                )
            )
        );
}
