using System.Text.RegularExpressions;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>
/// A test with real parts: it has a folder of its own, ends all it started, the last first, and leaves what explains a
/// failure in <c>artifacts/e2e/{test}</c>.
/// </summary>
[Collection(Lanes.Viewers)]
public abstract partial class EndToEndTest : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _parts = new();
    private Browser? _browser;

    private protected string Folder { get; private set; } = "";

    public ValueTask InitializeAsync()
    {
        _ = SpillwayProcess.Binary;
        Folder = Directory.CreateTempSubdirectory("spillway-e2e-").FullName;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            await KeepAsync();
        List<Exception> faults = [];
        while (_parts.TryPop(out var part))
        {
            try
            {
                await part.DisposeAsync();
            }
            catch (Exception exception)
            {
                faults.Add(exception);
            }
        }
        Directory.Delete(Folder, recursive: true);
        if (faults.Count > 0)
            throw new AggregateException(faults);
    }

    /// <summary>Ends it with the test.</summary>
    private protected T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }

    private protected async Task<OwncastSource> CreateSourceAsync() =>
        Own(await OwncastSource.CreateAsync(Path.Combine(Folder, "owncast")));

    private protected async Task<SpillwayProcess> ServeAsync(
        string source,
        IReadOnlyDictionary<string, string>? settings = null,
        SpillwayProcess? again = null
    ) => Own(await SpillwayProcess.StartAsync(source, DataFolder, settings, again?.Port ?? 0, again?.EdgePort ?? 0));

    private protected string DataFolder => Path.Combine(Folder, "data");

    private protected async Task<Viewer> OpenAsync(string url, string? script = null)
    {
        var browser = await StartBrowserAsync();
        return Own(await browser.OpenAsync(url, script));
    }

    /// <summary>Waits until each picture has moved on by so many seconds.</summary>
    private protected static Task AllPlayAsync(IEnumerable<Viewer> viewers, double seconds, TimeSpan within) =>
        Task.WhenAll(viewers.Select(viewer => viewer.PlaysAsync(seconds, within)));

    private protected async Task<Browser> StartBrowserAsync() => _browser ??= Own(await Browser.StartAsync());

    private async Task KeepAsync()
    {
        var folder = Path.Combine(
            SpillwayProcess.Artifacts,
            "e2e",
            NotInName().Replace(TestContext.Current.Test!.TestDisplayName, "-")
        );
        Directory.CreateDirectory(folder);
        var number = 0;
        foreach (var part in _parts.Reverse())
        {
            var file = Path.Combine(folder, $"{++number}-{part.GetType().Name}");
            try
            {
                await KeepAsync(part, file);
            }
            catch (Exception exception)
            {
                await File.WriteAllTextAsync($"{file}.lost.txt", exception.ToString());
            }
        }
    }

    private static async Task KeepAsync(IAsyncDisposable part, string file)
    {
        switch (part)
        {
            case SpillwayProcess server:
                await File.WriteAllTextAsync($"{file}.log", server.Log);
                break;
            case TrackerProcess node:
                await File.WriteAllTextAsync($"{file}.log", node.Log);
                break;
            case OwncastSource source:
                await File.WriteAllTextAsync($"{file}.log", source.Log);
                break;
            case Judge judge:
                await judge.StopAsync();
                await File.WriteAllLinesAsync($"{file}.txt", judge.Poller.Checker.Findings.Select(finding => finding.ToString()));
                break;
            case NginxEdge edge:
                await File.WriteAllLinesAsync($"{file}.log", edge.Requests);
                break;
            case Viewer viewer:
                await viewer.Page.ScreenshotAsync(new() { Path = $"{file}.png", Timeout = 5_000 });
                var figures = await viewer.ReadAsync<System.Text.Json.JsonElement>("spillway");
                var samples = await viewer.ReadAsync<System.Text.Json.JsonElement>("spillwayTest");
                await File.WriteAllLinesAsync(
                    $"{file}.log",
                    [$"{figures}", $"{samples}", .. viewer.Console, .. viewer.Requests.Select(request => request.ToString())]
                );
                break;
        }
    }

    [GeneratedRegex("[^A-Za-z0-9_]+")]
    private static partial Regex NotInName();
}
