using System.Globalization;
using System.Text.Json;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.EndToEnd.Viewers;
using Spillway.TestSupport;
using Spillway.TestSupport.Benchmarks;

namespace Spillway.EndToEnd.FirstFrame;

/// <summary>
/// How long viewers wait for the first picture: <c>make bench PART=firstframe</c>, with LOADS and DELAY. It measures and does not judge, except
/// that every page must play.
/// </summary>
[Trait("Speed", "long")]
public sealed class FirstFrameTests(ITestOutputHelper output) : EndToEndTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly string s_here = Path.Combine(AppContext.BaseDirectory, "FirstFrame");
    private static readonly string s_script = File.ReadAllText(Path.Combine(s_here, "first-frame.js"));

    /// <summary>LOADS of each page.</summary>
    private readonly int _loads = Number("LOADS", 50);

    /// <summary>DELAY: milliseconds added to a round trip.</summary>
    private readonly int _delay = Number("DELAY", 40);

    /// <summary>PLAYER: a folder with another build of the player page, to be measured instead of the binary's.</summary>
    private readonly string _player = Environment.GetEnvironmentVariable("PLAYER") ?? "";

    [Fact]
    [Trait("Bench", "firstframe")]
    public async Task The_time_from_a_navigation_to_the_first_picture_is_measured()
    {
        var machine = BenchMachine.Read();
        var encoder = Own(Encoder.OfFolder(Path.Combine(Folder, "source"), "640x360", 25, 2, "800k"));
        encoder.Start();
        var edgePort = FreePort.Next();
        var edge = Own(
            await NginxEdge.StartAsync(
                Path.Combine(Folder, "edge"),
                $"http://127.0.0.1:{edgePort}",
                _player,
                plain: PlainPage.Write(Folder)
            )
        );
        await using var line = new DelayProxy(edge.Port, TimeSpan.FromMilliseconds(_delay));
        var address = $"http://127.0.0.1:{line.Port}";
        var server = Own(
            await SpillwayProcess.StartAsync(
                encoder.Source,
                DataFolder,
                new Dictionary<string, string> { ["SPILLWAY__STORAGE__PUBLICURL"] = address, ["SPILLWAY__TRACKER__STUN"] = "" },
                edgePort: edgePort
            )
        );
        await server.ListsAsync(6, TimeSpan.FromSeconds(30));
        var browser = await StartBrowserAsync();
        (string Name, string Url, List<ColdLoad> Loads)[] pages =
        [
            ("Spillway's player", $"{address}/watch/index.html", []),
            ("plain hls.js", $"{address}/plain/plain.html", []),
        ];
        foreach (var (_, url, _) in pages)
            // The first of all pays for the browser's and the edge's own start.
            await LoadAsync(browser, url);
        for (var load = 0; load < _loads; load++)
            foreach (var (_, url, loads) in pages)
                loads.Add(await LoadAsync(browser, url));

        List<FirstFramePage> measured = [.. pages.Select(static page => FirstFramePage.Of(page.Name, page.Loads))];
        var result = BenchResult.Of(
            "firstframe",
            machine,
            [FirstFramePage.Head, .. measured.Select(static page => $"{page}")],
            new
            {
                loads = _loads,
                roundTrip = _delay,
                stream = "640x360, 25 pictures a second, 0.8 Mbit/s, segments of 2 s",
                pages = measured,
            },
            ("hls.js", BenchVersions.HlsJs),
            BenchVersions.Nginx
        );
        foreach (var row in result.Save("firstframe").Table)
            output.WriteLine(row);
    }

    private static async Task<ColdLoad> LoadAsync(Browser browser, string url)
    {
        var page = await browser.NewPageAsync();
        await page.AddInitScriptAsync(s_script);
        await page.GotoAsync(url);
        ColdLoad? load = null;
        await Until.TrueAsync(
            async () =>
            {
                var seen = await page.EvaluateAsync<string>($"() => JSON.stringify({ColdLoad.Expression})");
                return (load = ColdLoad.Of(JsonDocument.Parse(seen).RootElement)) is not null;
            },
            s_patience,
            () => $"{url} shows a picture"
        );
        await page.Context.CloseAsync();
        return load!;
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
