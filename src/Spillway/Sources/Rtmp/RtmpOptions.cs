using Spillway.Configuration;

namespace Spillway.Sources.Rtmp;

/// <summary>The RTMP server; it runs when a stream's source is <c>rtmp</c>.</summary>
internal sealed class RtmpOptions
{
    /// <summary>Port that encoders publish to; 0: any free one.</summary>
    [Bounds(0, 65535)]
    public int Port { get; set; } = 1935;
}
