using Spillway.Media;
using Spillway.Playlists;

namespace Spillway.Slate;

/// <summary>Makes one rendition of a slate by ffmpeg, and looks at what came out before anybody is shown it.</summary>
internal sealed class SlateEncoder(FfmpegTool tool)
{
    /// <summary>Constant rate factors, tried in turn until the slate keeps to the bandwidth that the playlist promises.</summary>
    private static readonly int[] Qualities = [21, 30, 38];

    /// <summary>Bytes of one segment: more than any bit rate worth publishing brings in a target duration.</summary>
    private const long LargestSegment = 64L << 20;

    /// <summary>How far a measured duration may be from the planned one to be taken for it.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(5);

    /// <param name="picture">What is shown.</param>
    /// <param name="clip">What is in it.</param>
    /// <param name="format">What it must be like.</param>
    /// <param name="timing">How it is cut.</param>
    /// <param name="folder">Empty; the segments are in it afterwards, under their final names.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>The segments, or why there are none, as a sentence.</returns>
    public async Task<(IReadOnlyList<SlateFile>? Files, string? Problem)> EncodeAsync(
        SlatePicture picture,
        SlateClip clip,
        SlateFormat format,
        SlateTiming timing,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var withTitle = picture.Title.Count > 0;
        string? problem = null;
        for (var attempt = 0; attempt < Qualities.Length; )
        {
            Empty(folder);
            await picture.LayOutAsync(folder, cancellationToken);
            var arguments = SlateArguments.For(picture, clip, format, timing, Qualities[attempt], withTitle);
            var result = await tool.EncodeAsync(folder, arguments, cancellationToken);
            if (result.Outcome == ToolOutcome.Failed && withTitle)
            {
                // An ffmpeg without drawtext, or a font it cannot read: better no title than no slate.
                withTitle = false;
                continue;
            }
            if (SlateProblems.Of(result, picture) is { } failed)
                return (null, failed);
            (var files, problem, var isTooLarge) = await ReadAsync(format, timing, folder, cancellationToken);
            if (files is not null || !isTooLarge)
                return (files, problem);
            attempt++;
        }
        return (null, problem);
    }

    private static async Task<(IReadOnlyList<SlateFile>? Files, string? Problem, bool IsTooLarge)> ReadAsync(
        SlateFormat format,
        SlateTiming timing,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var text = await File.ReadAllBytesAsync(Path.Combine(folder, SlateArguments.Playlist), cancellationToken);
        if (PlaylistParser.Parse(text).Media is not { } playlist || playlist.Segments.Count != timing.Segments)
            return Wrong($"ffmpeg made other segments than the {timing.Segments} it was asked for");
        byte[]? init = null;
        string? section = null;
        if (playlist.Segments[0].Map is { } map)
        {
            init = await File.ReadAllBytesAsync(Path.Combine(folder, map.Uri), cancellationToken);
            section = $"init-{StreamKeys.Hash(init)}.mp4";
            File.Move(Path.Combine(folder, map.Uri), Path.Combine(folder, section), overwrite: true);
        }
        var files = new List<SlateFile>();
        for (var index = 0; index < playlist.Segments.Count; index++)
        {
            var path = Path.Combine(folder, playlist.Segments[index].Uri);
            if (new FileInfo(path).Length > LargestSegment)
                return Wrong("a segment of it became larger than 64 MB", isTooLarge: true);
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            var media = MediaInspector.Inspect(bytes, init);
            if (Mismatch(format, media) is { } mismatch)
                return Wrong($"what ffmpeg made does not match the show: {mismatch}");
            var duration = DurationOf(media, timing);
            if (bytes.Length * 8 / duration.TotalSeconds > 4 / 3.0 * format.BitRate && format.Picture is not null)
                return Wrong("it needs more bits than the show", isTooLarge: true);
            var name = $"{index}-{StreamKeys.Hash(bytes)}{(section is null ? ".ts" : ".m4s")}";
            File.Move(path, Path.Combine(folder, name), overwrite: true);
            files.Add(new SlateFile(name, (long)duration.TotalMicroseconds, section));
        }
        File.Delete(Path.Combine(folder, SlateArguments.Playlist));
        RemoveAids(folder);
        return (files, null, false);

        static (IReadOnlyList<SlateFile>?, string?, bool) Wrong(string what, bool isTooLarge = false) =>
            (null, $"The slate cannot be used, {what}: pauses are shown as gaps.", isTooLarge);
    }

    /// <summary>The planned one where only the container's rounding is between them, so that all renditions say the same.</summary>
    private static TimeSpan DurationOf(MediaReport media, SlateTiming timing)
    {
        var measured = media.Duration ?? timing.Segment;
        var duration = (measured - timing.Segment).Duration() <= Rounding ? timing.Segment : measured;
        return TimeSpan.FromMicroseconds(PlaylistWriter.Microseconds(duration));
    }

    /// <summary>What is not as it must be; null when all is.</summary>
    private static string? Mismatch(SlateFormat format, MediaReport media)
    {
        var video = media.Tracks.FirstOrDefault(static track => track.Kind == TrackKind.Video);
        var audio = media.Tracks.FirstOrDefault(static track => track.Kind == TrackKind.Audio);
        if (!media.IsWhole)
            return $"it is not whole ({media.Problem})";
        if (media.Container != format.Container)
            return $"its container is {media.Container}";
        if (video is null != format.Picture is null || audio is null != format.Sound is null)
            return "it has not the same tracks";
        if (format.Picture is { } picture)
        {
            if ((video!.Width, video.Height) != (picture.Width, picture.Height))
                return $"its picture is {video.Width}x{video.Height}, not {picture.Width}x{picture.Height}";
            if (media.StartsWithKeyframe != true)
                return "a segment of it does not start with a keyframe";
            if (!IsNotAbove(video.Codec, picture.Codec))
                return $"its codec is {video.Codec}, the show's {picture.Codec}";
        }
        if (
            format.Sound is { } sound
            && (audio!.Codec, audio.SampleRate, audio.Channels) != (sound.Codec, sound.SampleRate, sound.Channels)
        )
            return $"its sound is {audio.Codec}, {audio.SampleRate} Hz, {audio.Channels} channels; the show's {sound.Codec}, {sound.SampleRate} Hz, {sound.Channels} channels";
        return null;
    }

    /// <summary>A decoder set up for <paramref name="show"/> decodes <paramref name="slate"/>: no higher profile, no higher level.</summary>
    private static bool IsNotAbove(string? slate, string show) =>
        slate is { Length: 11 }
        && Rank(slate) <= Rank(show)
        && string.CompareOrdinal(slate[9..].ToLowerInvariant(), show[9..].ToLowerInvariant()) <= 0;

    private static int Rank(string codec) =>
        codec[5..7].ToLowerInvariant() switch
        {
            "42" or "58" => 0,
            "4d" => 1,
            _ => 2,
        };

    private static void Empty(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }

    private static void RemoveAids(string folder)
    {
        File.Delete(Path.Combine(folder, SlatePicture.OwnFile));
        File.Delete(Path.Combine(folder, SlateArguments.FontFile));
        for (var line = 0; line < 2; line++)
            File.Delete(Path.Combine(folder, SlatePicture.TitleFile(line)));
    }
}
