using Spillway.Sources.Hls;
using Spillway.Sources.Rtmp;
using Spillway.Timeline;

namespace Spillway.Sources;

/// <summary>Makes the source that a stream's settings ask for.</summary>
internal sealed class SourceFactory(RtmpInlets inlets, TimeProvider time, ILoggerFactory loggers)
{
    public ISource Create(string stream, StreamOptions options) =>
        options.Source switch
        {
            StreamOptions.Rtmp => new RtmpSource(inlets.Of(stream), options, time, loggers.CreateLogger<RtmpSource>()),
            StreamOptions.Push => throw new NotSupportedException($"{stream}: {options.Source}"),
            _ => new HlsSource(options.Source, time, loggers.CreateLogger<HlsSource>()),
        };
}
