using Spillway.Configuration;
using Spillway.Timeline;

namespace Spillway.Sources.Rtmp;

internal static class RtmpServices
{
    public static IServiceCollection AddRtmp(this IServiceCollection services) =>
        services.AddSingleton<RtmpInlets>().AddSingleton<RtmpServer>();

    /// <summary>Whether encoders may come by RTMP at all; without it nothing listens.</summary>
    public static bool TakesRtmp(this SpillwayOptions options) =>
        options.Streams.Values.Any(static stream => stream.Source == StreamOptions.Rtmp);
}
