using Spillway.Configuration;

namespace Spillway.Tests.Admin;

/// <summary>A server with <see cref="Operator.Token"/>, for all tests of a class: to start and stop one costs more than most of them.</summary>
public class OperatorServer : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RunningServer.StartAsync(options =>
        {
            options.Admin.Token = Operator.Token;
            Set(options);
        });
        await Server.UntilWriterAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Server.DisposeAsync();
    }

    private protected virtual void Set(SpillwayOptions options) { }
}

/// <summary>One that browsers know by another name.</summary>
public sealed class PublicServer : OperatorServer
{
    private protected override void Set(SpillwayOptions options) => options.Server.PublicUrl = "https://tv.example.org";
}

/// <summary>One that needs no token from this machine.</summary>
public sealed class TrustingServer : OperatorServer
{
    private protected override void Set(SpillwayOptions options) => options.Admin.TrustLoopback = true;
}
