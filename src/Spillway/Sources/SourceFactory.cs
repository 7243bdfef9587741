using Spillway.Sources.Hls;
using Spillway.Sources.Push;
using Spillway.Sources.Rtmp;
using Spillway.Timeline;

namespace Spillway.Sources;

/// <summary>Makes the source that a stream's settings ask for.</summary>
internal sealed class SourceFactory(RtmpInlets rtmp, PushInlets pushed, TimeProvider time, ILoggerFactory loggers)
{
    public ISource Create(string stream, StreamOptions options) =>
        options.Source switch
        {
            StreamOptions.Rtmp => new RtmpSource(rtmp.Of(stream), options, time, loggers.CreateLogger<RtmpSource>()),
            StreamOptions.Push => new PushSource(stream, pushed.Of(stream)!, time, loggers.CreateLogger<PushSource>()),
            _ => new HlsSource(options.Source, time, loggers.CreateLogger<HlsSource>()),
        };
}
