using Spillway.Configuration;
using Spillway.Sources.Hls;
using Spillway.Sources.Ladder;
using Spillway.Sources.Push;
using Spillway.Sources.Rtmp;
using Spillway.Timeline;

namespace Spillway.Sources;

/// <summary>Makes the source that a stream's settings ask for.</summary>
internal sealed class SourceFactory(
    SpillwayOptions settings,
    RtmpInlets rtmp,
    PushInlets pushed,
    TimeProvider time,
    ILoggerFactory loggers
)
{
    public ISource Create(string stream, StreamOptions options)
    {
        var source = CreatePlain(stream, options);
        return options.Ladder.Length == 0
            ? source
            : new LadderSource(
                source,
                new LadderSettings
                {
                    Steps = LadderRules.Steps(options.Ladder),
                    SegmentSeconds = options.SegmentDuration,
                    Folder = Path.GetFullPath(Path.Combine(settings.Data, "ladder", stream)),
                },
                time,
                loggers.CreateLogger<LadderSource>()
            );
    }

    private ISource CreatePlain(string stream, StreamOptions options) =>
        options.Source switch
        {
            StreamOptions.Rtmp => new RtmpSource(rtmp.Of(stream), options, time, loggers.CreateLogger<RtmpSource>()),
            StreamOptions.Push => new PushSource(stream, pushed.Of(stream)!, time, loggers.CreateLogger<PushSource>()),
            _ => new HlsSource(
                options.Source,
                time,
                loggers.CreateLogger<HlsSource>(),
                owncast: OwncastOf(stream),
                allowPrivate: options.AllowPrivate
            ),
        };

    /// <summary>The server of the old setting is the old system's only stream's.</summary>
    private Uri? OwncastOf(string stream) =>
        stream == settings.DefaultStream && settings.OwncastUrl.Length > 0 ? new Uri($"{settings.OwncastUrl}/") : null;
}
