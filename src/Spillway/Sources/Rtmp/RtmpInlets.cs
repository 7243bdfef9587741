using Spillway.Configuration;
using Spillway.Timeline;

namespace Spillway.Sources.Rtmp;

/// <summary>The inlets of all streams that encoders publish to over RTMP.</summary>
internal sealed class RtmpInlets(SpillwayOptions options)
{
    private readonly Dictionary<string, RtmpInlet> _inlets = options
        .Streams.Where(static stream => stream.Value.Source is StreamOptions.Rtmp)
        .ToDictionary(static stream => stream.Key, static _ => new RtmpInlet(), StringComparer.Ordinal);

    /// <param name="stream">The name of a stream whose source is <c>rtmp</c>.</param>
    public RtmpInlet Of(string stream) => _inlets[stream];
}
