using Spillway.Watch;
using Spillway.Watch.Checking;

namespace Spillway.EndToEnd.Viewers;

/// <summary>A <see cref="PlaylistPoller"/> that runs through a test, over what anonymous viewers are given.</summary>
internal sealed class Judge : IAsyncDisposable
{
    private CancellationTokenSource _stopping = new();
    private readonly CountingHandler _counting = new();
    private readonly HttpClient _client;
    private Task _run;

    private Judge(Uri multivariant)
    {
        _client = new HttpClient(_counting);
        Poller = new PlaylistPoller(multivariant, _client);
        _run = RunAsync();
    }

    public PlaylistPoller Poller { get; }

    /// <summary>Bytes of bodies of segments that it has loaded itself, to be taken off the edge's count.</summary>
    public long SegmentBytes => _counting.SegmentBytes;

    /// <param name="root">The edge's address of the store's prefix, ending in a slash.</param>
    /// <param name="stream">Its name.</param>
    public static Judge Watch(string root, string stream = "live") => new(new Uri($"{root}{stream}/playlist.m3u8"));

    /// <summary>Stops, and fails with all findings if one is an error.</summary>
    public async Task PassAsync()
    {
        await StopAsync();
        Assert.NotEmpty(Poller.Loaded);
        Poller.AssertClean();
    }

    /// <summary>Each rendition's playlists in the order of their broadcasts.</summary>
    public IReadOnlyList<MediaHistory> Histories(string rendition)
    {
        lock (Poller.Checker)
            return
            [
                .. Poller
                    .Checker.Media.Values.Where(media =>
                        media.Url.EndsWith($"/{rendition}/playlist.m3u8", StringComparison.Ordinal)
                    )
                    .OrderBy(media => media.Listings.Keys.First()),
            ];
    }

    /// <summary>Goes on after <see cref="StopAsync"/> with all it knows, as for a time in which nobody can answer.</summary>
    public void Resume()
    {
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
        _run = RunAsync();
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(15));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stopping.Dispose();
    }

    private Task RunAsync()
    {
        var until = _stopping.Token;
        return Task.Run(() => Poller.RunAsync(until));
    }

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        private long _segmentBytes;

        public long SegmentBytes => Interlocked.Read(ref _segmentBytes);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri!.AbsolutePath.EndsWith(".ts", StringComparison.Ordinal))
                Interlocked.Add(ref _segmentBytes, answer.Content.Headers.ContentLength ?? 0);
            return answer;
        }
    }
}
