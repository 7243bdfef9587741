using System.Collections.Concurrent;

namespace Spillway.Sources.Rtmp;

/// <summary>The inlets by stream: where the server brings publishers to and the sources take them from.</summary>
internal sealed class RtmpInlets
{
    private readonly ConcurrentDictionary<string, RtmpInlet> _inlets = new(StringComparer.Ordinal);

    public RtmpInlet Of(string stream) => _inlets.GetOrAdd(stream, static _ => new RtmpInlet());
}
