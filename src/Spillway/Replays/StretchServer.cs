using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Spillway.Replays;

/// <summary>Gives ffmpeg the stretches, on loopback and for as long as the export runs.</summary>
internal sealed class StretchServer(WebApplication app) : IAsyncDisposable
{
    private Exception? _failure;

    /// <summary>Why a stretch could not be given; null when all went well.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public string Address =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<StretchServer> StartAsync(
        ReplayBucket bucket,
        IReadOnlyList<Stretch> stretches,
        CancellationToken cancellationToken
    )
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var server = new StretchServer(app);
        app.Run(context => server.SendAsync(context, bucket, stretches));
        await app.StartAsync(cancellationToken);
        return server;
    }

    private async Task SendAsync(HttpContext context, ReplayBucket bucket, IReadOnlyList<Stretch> stretches)
    {
        var name = context.Request.Path.Value!.TrimStart('/').Split('.')[0];
        if (name == "list")
        {
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(List(stretches)));
            return;
        }
        if (!int.TryParse(name, CultureInfo.InvariantCulture, out var index) || index < 0 || index >= stretches.Count)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        try
        {
            foreach (var key in stretches[index].Keys)
                await context.Response.Body.WriteAsync(
                    await bucket.ReadAsync(key, context.RequestAborted),
                    context.RequestAborted
                );
        }
        catch (Exception exception) when (exception is ReplayException or Storage.ObjectStoreException)
        {
            // ffmpeg would take what it got for the whole.
            Interlocked.CompareExchange(ref _failure, exception, null);
            context.Abort();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // ffmpeg has closed the connection.
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private string List(IReadOnlyList<Stretch> stretches)
    {
        var text = new StringBuilder("ffconcat version 1.0\n");
        for (var i = 0; i < stretches.Count; i++)
        {
            var extension = stretches[i].Map is null ? "ts" : "mp4";
            text.Append(CultureInfo.InvariantCulture, $"file {Address}/{i}.{extension}\n");
            text.Append(CultureInfo.InvariantCulture, $"duration {stretches[i].Duration.TotalSeconds:0.000000}\n");
        }
        return text.ToString();
    }
}
