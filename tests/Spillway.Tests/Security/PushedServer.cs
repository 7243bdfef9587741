using Microsoft.Extensions.DependencyInjection;
using Spillway.Timeline;

namespace Spillway.Tests.Security;

/// <summary>A whole server with every door: a stream that is followed, one that is pushed, an operator with a known token.</summary>
public sealed class PushedServer : IAsyncLifetime
{
    public const string Token = "a-token-of-my-own";
    public const string Key = "key-of-the-encoder";

    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RunningServer.StartAsync(static options =>
        {
            options.Admin.Token = Token;
            options.Streams["pushed"] = new StreamOptions { Source = StreamOptions.Push, Key = Key };
        });
        await Server.UntilWriterAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>The server answers others as before.</summary>
    internal async Task AssertWorksAsync()
    {
        using var answer = await Server.GetAsync("/health/live");
        Assert.True(answer.IsSuccessStatusCode, answer.ToString());
    }
}
