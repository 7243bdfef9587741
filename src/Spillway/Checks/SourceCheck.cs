using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Configuration;
using Spillway.Media;
using Spillway.Sources;
using Spillway.Sources.Hls;
using Spillway.Timeline;

namespace Spillway.Checks;

/// <summary>The source of one stream: followed for some seconds as the server does it, or whether an encoder may come.</summary>
internal sealed class SourceCheck(CheckContext context, string stream, StreamOptions options, FindingList findings)
{
    private static readonly TimeSpan TopPause = TimeSpan.FromMilliseconds(400);

    /// <summary>Seconds. A viewer is at least three of them behind.</summary>
    private const double LongSegment = 6.5;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var fallback = FallbackAsync(cancellationToken);
        if (options.Source is StreamOptions.Rtmp or StreamOptions.Push)
            Published();
        else
            await FollowAsync(cancellationToken);
        if (context.Running?.Find(stream)?.SourceAdvice is { } advice)
            findings.Add(SourceFindings.Advice, $"{char.ToUpperInvariant(advice[0])}{advice[1..].TrimEnd('.')}.");
        await fallback;
    }

    private void Published()
    {
        try
        {
            if (options.Key.Length > 0)
                findings.Add(SourceFindings.Key, $"Encoders publish by {options.Source}, with the Key of the settings.");
            else if (PublishKeys.IsKept(context.Options, stream))
                findings.Add(SourceFindings.Key, $"Encoders publish by {options.Source}, with the key kept in {KeysFile}.");
            else
                findings.Add(SourceFindings.NoKey, $"Encoders publish by {options.Source}; there is no key yet in {KeysFile}.");
        }
        catch (SecretFileException exception)
        {
            findings.Add(SourceFindings.Unusable, exception.Message, "Mend the file, remove it, or set the stream's Key.");
        }
        if (context.Running?.Find(stream)?.SourceAway is { } reason)
            findings.Add(SourceFindings.Away, $"Nobody publishes now: {reason}.");
    }

    private string KeysFile => Path.Combine(context.Options.Data, PublishKeys.FileName);

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        // Settings are checked: what is no location does not come here.
        _ = SourceLocation.TryParse(options.Source, out var location);
        var owncast = OwncastOf() ?? OwncastServer.RootOf(location!.Uri);
        var reach = new SourceReach(owncast is null ? [location!.Uri] : [location!.Uri, owncast], options.AllowPrivate);
        using var http = new HttpUpstream(context.Time, reach);
        using var server = owncast is null ? null : new OwncastServer(owncast, http, context.Time);
        var status = server is null ? null : await server.RefreshAsync(cancellationToken);
        if (status?.Online == false)
        {
            findings.Add(SourceFindings.Offline, $"Nobody streams to the Owncast server at {Upstreams.Show(owncast!)}.");
            return;
        }
        var upstreams = new Upstreams(location!.Folder is null ? null : new FolderUpstream(location.Folder), http);
        var top = new TopPlaylist(location, upstreams, new SourceWarnings(NullLogger.Instance, context.Time), context.Time);
        var reading = await top.ReadAsync(cancellationToken);
        for (
            var start = context.Time.GetTimestamp();
            reading.Problem is not null && context.Time.GetElapsedTime(start) < context.Limits.SourcePlaylist;

        )
        {
            await Task.Delay(TopPause, context.Time, cancellationToken);
            reading = await top.ReadAsync(cancellationToken);
        }
        if (reading.Problem is { } problem)
        {
            findings.Add(SourceFindings.Unusable, $"{top.Shown}: {problem}.");
            return;
        }
        var witness = new SourceWitness(context.Time);
        await witness.FollowAsync(options.Source, owncast, context.Limits.Source, cancellationToken);
        Judge(witness, top.Shown);
    }

    private void Judge(SourceWitness seen, string shown)
    {
        foreach (var word in seen.Warnings)
            findings.Add(SourceFindings.Unreadable, word);
        foreach (var reason in seen.Missed)
            findings.Add(SourceFindings.Unreadable, $"{shown}: {reason}.");
        if (seen.IsOffline)
            findings.Add(SourceFindings.Offline, $"{shown} shows the clip that Owncast plays while nobody streams.");
        else if (!seen.IsLive)
            findings.Add(
                SourceFindings.NotLive,
                $"{shown}: {seen.Away ?? $"no new segment within {seen.Waited.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s"}."
            );
        var words = new List<string>();
        foreach (var (rendition, segments) in seen.Segments)
            words.Add(Judge(rendition, segments));
        if (seen.IsLive)
            findings.Add(SourceFindings.Live, $"{shown} is live: {string.Join("; ", words)}.");
    }

    /// <returns>The rendition in words.</returns>
    private string Judge(string rendition, IReadOnlyList<SegmentArrived> segments)
    {
        var length = segments.Max(static segment => (segment.Media.Duration ?? segment.DeclaredDuration).TotalSeconds);
        var shown = length.ToString("0.0", CultureInfo.InvariantCulture);
        var blind = segments.Count(static segment => segment.Media.StartsWithKeyframe == false);
        if (blind > 0)
            findings.Add(
                SourceFindings.NoKeyframe,
                $"{rendition}: {blind} of {segments.Count} segments did not begin with a keyframe."
            );
        if (length > LongSegment)
            findings.Add(SourceFindings.LongSegments, $"{rendition}: segments of {shown} s.");
        // Parameter sets come with keyframes: of a segment without one the codec cannot be told.
        var whole = segments.LastOrDefault(static segment => segment.Media.StartsWithKeyframe == true) ?? segments[^1];
        var tracks = whole.Media.Tracks;
        // What a ladder is made of needs to be played by ffmpeg only.
        var isShown = options.Ladder.Length == 0 || options.Ladder.Contains("source", StringComparer.OrdinalIgnoreCase);
        foreach (
            var track in tracks.Where(track => isShown && (track.Codec is not null || whole.Media.StartsWithKeyframe != false))
        )
        {
            if (track.Kind == TrackKind.Video && CodecAdvice.OfVideo(track.Codec) is { } video)
                findings.Add(SourceFindings.VideoCodec, $"{rendition}: the picture is {video}.");
            if (track.Kind == TrackKind.Audio && CodecAdvice.OfAudio(track.Codec) is { } audio)
                findings.Add(SourceFindings.AudioCodec, $"{rendition}: the sound is {audio}.");
        }
        var size = tracks.FirstOrDefault(static track => track.Kind == TrackKind.Video)
            is { Width: { } width, Height: { } height }
            ? $" {width}x{height}"
            : "";
        var keyframes = blind > 0 || size.Length == 0 ? "" : $", keyframes at most {shown} s apart";
        return $"{rendition} {whole.Media.Codecs ?? "of unknown codecs"}{size}, segments of {shown} s{keyframes}";
    }

    private async Task FallbackAsync(CancellationToken cancellationToken)
    {
        if (options.Fallback.Length == 0)
            return;
        var address = new Uri(options.Fallback);
        using var reader = new EdgeReader(address, context.Limits.Answer);
        var answer = await reader.SendAsync(
            HttpMethod.Get,
            address,
            null,
            [("Origin", context.PageOrigins[0])],
            cancellationToken
        );
        var shown = Upstreams.Show(address);
        if (!answer.IsOk)
            findings.Add(SourceFindings.NoFallback, $"{shown} gives no playlist: {answer.Words}.");
        else if (!Encoding.UTF8.GetString(answer.Body).StartsWith("#EXTM3U", StringComparison.Ordinal))
            findings.Add(SourceFindings.NoFallback, $"{shown} is no HLS playlist.");
        else
            findings.Add(SourceFindings.Fallback, $"The way back, {shown}, is a playlist.");
    }

    /// <summary>The server of the old setting is the old system's only stream's.</summary>
    private Uri? OwncastOf() =>
        stream == context.Options.DefaultStream && context.Options.OwncastUrl.Length > 0
            ? new Uri($"{context.Options.OwncastUrl}/")
            : null;
}
