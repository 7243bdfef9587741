using System.Threading.Channels;
using Spillway.Sources.Hls;

namespace Spillway.Sources.Push;

/// <summary>
/// A stream that an encoder pushes as HLS. What was pushed is followed as any HLS source is, so that restarts, torn playlists and
/// gaps are understood the same way; a pushed playlist wakes the follower at once.
/// </summary>
internal sealed class PushSource(string stream, PushInlet inlet, TimeProvider time, ILogger<PushSource> logger) : ISource
{
    public async Task RunAsync(ChannelWriter<SourceEvent> events, CancellationToken ct)
    {
        var upstreams = new Upstreams(new PushUpstream(stream, inlet));
        var warnings = new SourceWarnings(logger, time);
        using var output = new SourceOutput(events, owncast: null, warnings, time);
        var top = new PushedTop(stream, inlet, upstreams, warnings, time);
        output.SetTrouble(PushedTop.NobodyYet);
        await new RenditionSet(top, upstreams, output, owncast: null, inlet, warnings, time, StartWindow.Default).RunAsync(ct);
    }
}
