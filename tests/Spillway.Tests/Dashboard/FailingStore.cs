using Microsoft.Extensions.DependencyInjection;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Dashboard;

/// <summary>Stands before a server's embedded store, and lets no PUT through while it is told so.</summary>
internal sealed class FailingStore(IObjectStore inner) : StoreInFront(inner)
{
    private StoreFault? _fault;

    /// <summary>The answer to every PUT; null: they go through.</summary>
    public StoreFault? Fault
    {
        get => Volatile.Read(ref _fault);
        set => Volatile.Write(ref _fault, value);
    }

    /// <summary>For <see cref="RunningServer.StartAsync"/>.</summary>
    public static void Before(IServiceCollection services)
    {
        services.AddSingleton(static provider => new FailingStore(provider.GetRequiredService<EmbeddedObjectStore>()));
        services.AddSingleton(static provider => new CountingObjectStore(provider.GetRequiredService<FailingStore>()));
    }

    public override Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    ) =>
        Fault is { } fault
            ? Task.FromResult(new PutResult(PutStatus.Unknown, null, fault))
            : base.PutAsync(key, body, headers, condition, cancellationToken);
}
