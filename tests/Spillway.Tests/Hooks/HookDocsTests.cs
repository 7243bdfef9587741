using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Spillway.Events;
using Spillway.Hooks;

namespace Spillway.Tests.Hooks;

/// <summary>The receiver in <c>docs/hooks.md</c> is run as it stands there.</summary>
public sealed class HookDocsTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Root(), "docs", "hooks.md"));

    [Fact]
    public void Every_kind_is_in_the_table()
    {
        var rows = s_page.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        var told = new HookOptions().Events;
        foreach (var kind in EventKinds.All)
        {
            var row = Assert.Single(rows, line => line.Contains($"`{kind}`", StringComparison.Ordinal));
            Assert.EndsWith(told.Contains(kind) ? "| yes |" : "| no |", row, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_receiver_takes_what_is_genuine_and_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("spillway-hook-").FullName;
        try
        {
            var file = Path.Combine(folder, "receiver.mjs");
            await File.WriteAllTextAsync(file, Between(s_page, "```js\n", "```"));
            using var node = Process.Start(
                new ProcessStartInfo("node", [file])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    Environment = { ["PORT"] = "0", ["SECRET"] = HookReceiver.Secret },
                }
            )!;
            try
            {
                await TryAsync(node);
            }
            finally
            {
                node.Kill();
                await node.WaitForExitAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task TryAsync(Process node)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var port = (await node.StandardOutput.ReadLineAsync(late.Token))!["listening on ".Length..];
        var address = new Uri($"http://127.0.0.1:{port}/spillway");
        using var client = HookPost.CreateClient();
        var happened = new OperatorEvent(1, DateTimeOffset.UtcNow, EventLevel.Info, "live", EventKinds.OnAir, "Ünder way.", null);
        var message = HookMessage.Of(happened, "aaaa");
        var secret = HookSecret.Read(HookReceiver.Secret)!;
        Assert.Equal(HookAnswer.Delivered, await PostAsync(secret, message, TimeSpan.Zero));
        Assert.Equal("on-air live: Ünder way.", await node.StandardOutput.ReadLineAsync(late.Token));

        var stranger = HookSecret.Read("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")!;
        Assert.Equal("HTTP 401", (await PostAsync(stranger, message, TimeSpan.Zero)).Problem);
        Assert.Equal("HTTP 401", (await PostAsync(secret, message, TimeSpan.FromMinutes(-6))).Problem);
        Assert.Equal("HTTP 401", (await PostAsync(secret, message, TimeSpan.FromMinutes(6))).Problem);
        using var bare = await client.PostAsync(address, new StringContent("{}"), late.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, bare.StatusCode);

        // Tried again after an answer that was lost: told once.
        Assert.Equal(HookAnswer.Delivered, await PostAsync(secret, message, TimeSpan.Zero));
        var next = HookMessage.Of(happened with { Kind = EventKinds.OffAir, Text = "Over." }, "aaaa");
        Assert.Equal(HookAnswer.Delivered, await PostAsync(secret, next, TimeSpan.Zero));
        Assert.Equal("off-air live: Over.", await node.StandardOutput.ReadLineAsync(late.Token));

        Task<HookAnswer> PostAsync(HookSecret with, HookMessage what, TimeSpan clockIsOff) =>
            new HookPost(client, () => DateTimeOffset.UtcNow + clockIsOff, TimeProvider.System).SendAsync(
                address,
                with,
                what,
                late.Token
            );
    }

    private static string Between(string text, string begin, string end)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
