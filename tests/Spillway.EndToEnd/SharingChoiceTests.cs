using Microsoft.Playwright;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>Who takes part in the exchange between viewers, on a network without any STUN server.</summary>
public sealed class SharingChoiceTests : EndToEndTest
{
    private const string Metered =
        "Object.defineProperty(Navigator.prototype, 'connection', { value: Object.assign(new EventTarget(), { saveData: true }) });";

    [Fact(Timeout = 90_000)]
    public async Task A_viewer_may_switch_sharing_off_and_one_on_a_metered_network_passes_nothing_on()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder, new Dictionary<string, string> { ["SPILLWAY__TRACKER__STUN"] = "" });
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var first = await OpenAsync(server.Origin);
        var metered = await OpenAsync(server.Origin, Metered);
        var chooser = await OpenAsync(server.Origin);
        foreach (var viewer in (Viewer[])[metered, chooser])
            await viewer.SharesAsync(TimeSpan.FromSeconds(25));

        var toggle = await SwitchAsync(chooser.Page);
        await toggle.ClickAsync();
        Assert.False(await toggle.IsCheckedAsync());
        await chooser.UntilAsync(static f => f.Peers == 0, "it has left the others", TimeSpan.FromSeconds(5));
        var left = await chooser.FiguresAsync();
        await chooser.PlaysAsync(5, TimeSpan.FromSeconds(15));
        var alone = await chooser.FiguresAsync();
        Assert.Equal(left.BytesFromPeers, alone.BytesFromPeers);
        Assert.Equal(left.BytesToPeers, alone.BytesToPeers);
        Assert.True(alone.BytesFromEdge > left.BytesFromEdge, $"{alone}");
        Assert.Equal(0, alone.Stalls);

        await chooser.Page.ReloadAsync();
        toggle = await SwitchAsync(chooser.Page);
        Assert.False(await toggle.IsCheckedAsync());
        await chooser.PlaysAsync(2, TimeSpan.FromSeconds(15));
        Assert.Equal(0, (await chooser.FiguresAsync()).Peers);
        // By the keyboard, as somebody who cannot see it has to.
        await toggle.FocusAsync();
        await chooser.Page.Keyboard.PressAsync("Space");
        await chooser.SharesAsync(TimeSpan.FromSeconds(20));

        var last = await metered.FiguresAsync();
        Assert.Equal(0, last.BytesToPeers);
        Assert.False(await metered.ReadAsync<bool>("spillway.uploads"));
        Assert.True((await first.FiguresAsync()).BytesToPeers > 0);
    }

    private static async Task<ILocator> SwitchAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "About this playback" }).ClickAsync();
        return page.GetByRole(AriaRole.Switch, new() { Name = "Share with other viewers" });
    }
}
