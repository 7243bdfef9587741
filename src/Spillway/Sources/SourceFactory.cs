using Spillway.Configuration;
using Spillway.Sources.Hls;
using Spillway.Timeline;

namespace Spillway.Sources;

/// <summary>Makes the source that a stream's settings ask for.</summary>
internal sealed class SourceFactory(SpillwayOptions all, TimeProvider time, ILoggerFactory loggers)
{
    public ISource Create(string stream, StreamOptions options) =>
        options.Source switch
        {
            StreamOptions.Rtmp or StreamOptions.Push => throw new NotSupportedException($"{stream}: {options.Source}"),
            _ => new HlsSource(options.Source, time, loggers.CreateLogger<HlsSource>(), owncast: OwncastOf(stream)),
        };

    /// <summary>The server of the old setting is the old system's only stream's.</summary>
    private Uri? OwncastOf(string stream) =>
        stream == all.DefaultStream && all.OwncastUrl.Length > 0 ? new Uri($"{all.OwncastUrl}/") : null;
}
