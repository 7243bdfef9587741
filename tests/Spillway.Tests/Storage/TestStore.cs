using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>An embedded store in a temporary folder, behind a line that can be bad, under a fast clock.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-store-").FullName;
    private readonly EmbeddedObjectStore _embedded;

    /// <param name="step">Of its clock; null: the usual.</param>
    public TestStore(TimeSpan? step = null)
    {
        Clock = new FastClock(() => Line?.IsBusy == true, step);
        _embedded = new EmbeddedObjectStore(_folder, Clock.Time);
        Line = new FaultyStore(_embedded, () => Clock.Elapsed);
    }

    /// <summary>The embedded store's, as its Data setting names it.</summary>
    public string Folder => _folder;

    public FastClock Clock { get; }

    /// <summary>What the code under test gets.</summary>
    public FaultyStore Line { get; }

    /// <summary>The store itself, for other writers and for looking.</summary>
    public IObjectStore Direct => _embedded;

    public async ValueTask DisposeAsync()
    {
        Line.Release();
        await Until.TrueAsync(() => Line.Waiting == 0 && !Line.IsBusy, "the store is at rest");
        await Clock.DisposeAsync();
        _embedded.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
