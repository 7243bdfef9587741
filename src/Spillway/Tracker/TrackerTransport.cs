using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Spillway.Tracker;

/// <summary>
/// Inline scheduling, for a process that is a tracker and nothing else: a message is read, routed and sent on by the thread that was
/// told of it, without a hop. Most of a relay's cost is thread hops.
/// </summary>
/// <remarks>
/// Whatever blocks then holds up all connections of that thread, and there is one a core. So it is not for <c>serve</c>, which hashes,
/// uploads and writes files in the same process.
/// </remarks>
internal static class TrackerTransport
{
    /// <summary>The runtime reads it once, at the first socket of the process.</summary>
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>To be called at the very start, before there is a socket. What the operator has set stays.</summary>
    public static void PrepareProcess()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
    }

    /// <summary>The other half, for the server that is being built.</summary>
    public static void UseInline(IWebHostBuilder host) =>
        host.ConfigureServices(static services =>
            services.Configure<SocketTransportOptions>(static sockets => sockets.UnsafePreferInlineScheduling = true)
        );
}
