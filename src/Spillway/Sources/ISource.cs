using System.Threading.Channels;

namespace Spillway.Sources;

/// <summary>Where a live stream's segments come from: followed over HTTP or in a folder, or received from an encoder.</summary>
internal interface ISource
{
    /// <summary>
    /// Tells what the source brings until cancelled, then throws <see cref="OperationCanceledException"/>; nothing the source does ends
    /// it. A full channel makes it wait.
    /// </summary>
    Task RunAsync(ChannelWriter<SourceEvent> events, CancellationToken ct);
}
