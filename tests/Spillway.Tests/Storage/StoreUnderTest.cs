using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>A store, empty, and where anybody reads its objects by HTTP.</summary>
/// <param name="publicUrl">Without a slash at its end; keys follow.</param>
/// <param name="cleanUp">Runs last.</param>
internal sealed class StoreUnderTest(IObjectStore store, string publicUrl, Func<ValueTask> cleanUp) : IAsyncDisposable
{
    private readonly HttpClient _viewer = new();

    public IObjectStore Store => store;

    /// <summary>As a viewer's browser does it, from a page of another host.</summary>
    public Task<HttpResponseMessage> ViewAsync(string key)
    {
        var path = string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        var request = new HttpRequestMessage(HttpMethod.Get, $"{publicUrl}/{path}");
        request.Headers.Add("Origin", "https://page.example.org");
        return _viewer.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        _viewer.Dispose();
        await cleanUp();
    }
}
