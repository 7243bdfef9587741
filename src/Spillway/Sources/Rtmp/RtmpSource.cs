using System.Threading.Channels;
using Spillway.Timeline;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// One stream's segments from the encoders that publish to it, one after the other. Each publication is a run of its own, and so
/// is what follows a jump of its time stamps or a change of its formats.
/// </summary>
internal sealed partial class RtmpSource(RtmpInlet inlet, StreamOptions options, TimeProvider time, ILogger<RtmpSource> logger)
    : ISource
{
    private const string NoEncoder = "no encoder is publishing";

    /// <summary>How long an encoder may send nothing before the source counts as away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly TimeSpan _wished = TimeSpan.FromSeconds(options.SegmentDuration);

    public async Task RunAsync(ChannelWriter<SourceEvent> events, CancellationToken ct)
    {
        var output = new RtmpOutput(events, _wished);
        var away = NoEncoder;
        while (true)
        {
            if (!inlet.Publications.TryRead(out var publication))
            {
                await output.AwayAsync(away, ct);
                publication = await inlet.Publications.ReadAsync(ct);
            }
            away = await ReceiveAsync(publication, output, ct);
        }
    }

    /// <returns>Why the source is away after it.</returns>
    private async Task<string> ReceiveAsync(RtmpPublication publication, RtmpOutput output, CancellationToken ct)
    {
        try
        {
            var refusal = await CutAsync(publication.Media, output, ct);
            if (refusal is null)
                return publication.Refusal is { } said ? Refused(said) : "the encoder went";
            publication.Refuse(refusal);
            Log.Refused(logger, publication.Encoder, refusal);
            return Refused(refusal);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.Bug(logger, publication.Encoder, exception);
            publication.Refuse("Spillway failed on what it sent; its log says how");
            return "Spillway failed on what the encoder sent";
        }
        finally
        {
            // Nobody reads it any more: an encoder must see that, and come again.
            publication.End();
        }
    }

    private static string Refused(string reason) => $"the encoder was refused: {reason}";

    /// <returns>Why it cannot be published; null: it has ended.</returns>
    private async Task<string?> CutAsync(ChannelReader<RtmpMedia> media, RtmpOutput output, CancellationToken ct)
    {
        var cutter = new SegmentCutter(_wished);
        output.Begin();
        while (await IsMoreAsync(media, output, ct))
        {
            while (media.TryRead(out var message))
            {
                cutter.Add(message);
                // Of what is refused nothing more is published.
                if (cutter.Refusal is { } refusal)
                    return refusal;
                await output.SendAsync(cutter, ct);
            }
        }
        cutter.Flush();
        await output.SendAsync(cutter, ct);
        return null;
    }

    private async Task<bool> IsMoreAsync(ChannelReader<RtmpMedia> media, RtmpOutput output, CancellationToken ct)
    {
        var more = media.WaitToReadAsync(ct);
        if (more.IsCompleted)
            return await more;
        var waiting = more.AsTask();
        try
        {
            return await waiting.WaitAsync(Patience, time, ct);
        }
        catch (TimeoutException)
        {
            await output.AwayAsync("the encoder sends nothing", ct);
            return await waiting;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The encoder {Encoder} is refused: {Reason}")]
        public static partial void Refused(ILogger logger, string encoder, string reason);

        [LoggerMessage(LogLevel.Error, "A fault of Spillway on what the encoder {Encoder} sent; waiting for it to come again")]
        public static partial void Bug(ILogger logger, string encoder, Exception exception);
    }
}
