using Spillway.Sources.Hls;
using Spillway.Timeline;

namespace Spillway.Sources;

/// <summary>Makes the source that a stream's settings ask for.</summary>
internal sealed class SourceFactory(TimeProvider time, ILoggerFactory loggers)
{
    public ISource Create(string stream, StreamOptions options) =>
        options.Source switch
        {
            StreamOptions.Rtmp or StreamOptions.Push => throw new NotSupportedException($"{stream}: {options.Source}"),
            _ => new HlsSource(options.Source, time, loggers.CreateLogger<HlsSource>()),
        };
}
