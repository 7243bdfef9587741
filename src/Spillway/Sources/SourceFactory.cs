using Spillway.Sources.Hls;
using Spillway.Sources.Push;
using Spillway.Timeline;

namespace Spillway.Sources;

/// <summary>Makes the source that a stream's settings ask for.</summary>
internal sealed class SourceFactory(PushInlets pushed, TimeProvider time, ILoggerFactory loggers)
{
    public ISource Create(string stream, StreamOptions options) =>
        options.Source switch
        {
            StreamOptions.Push => new PushSource(stream, pushed.Of(stream)!, time, loggers.CreateLogger<PushSource>()),
            StreamOptions.Rtmp => throw new NotSupportedException($"{stream}: {options.Source}"),
            _ => new HlsSource(options.Source, time, loggers.CreateLogger<HlsSource>()),
        };
}
