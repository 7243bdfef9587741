namespace Spillway.Slate;

/// <summary>What went wrong with a slate and what can be done, in the words that <c>/health</c> and the log say.</summary>
internal static class SlateProblems
{
    private const string Gaps = "pauses are shown as gaps";
    private const string Otherwise = "or set Slate to \"none\"";

    public const string Defect = $"Making the slate failed, which is a defect of Spillway (see the log): {Gaps}.";

    public static string OfFile(string what) => $"Slate: {what}: {Gaps}. Name a video or a picture in Slate, {Otherwise}.";

    public static string NoMedia(SlatePicture picture, string said) =>
        OfFile($"'{picture.Path}' is neither a video nor a picture that ffmpeg can read{(said.Length > 0 ? $" ({said})" : "")}");

    public static string OfFormat(string rendition, string what) =>
        $"No slate can be made for rendition {rendition}, since {what}: {Gaps}. Set Slate to \"none\" if that is meant to be so.";

    public static string OfStore(string stream) =>
        $"The slate of {stream} could not be stored and is tried again: {Gaps} until then.";

    public static string OfDisk(string what) =>
        $"The slate could not be kept in the data folder ({what}): {Gaps}. Make room in Data, {Otherwise}.";

    /// <summary>Null when the run succeeded.</summary>
    public static string? Of(ToolResult result, SlatePicture picture)
    {
        var subject = picture.Path is { } path ? $"'{path}'" : "the default slate";
        return result.Outcome switch
        {
            ToolOutcome.Done => null,
            ToolOutcome.Missing => $"ffmpeg is not installed: {Gaps}. Install it (sudo apt-get install ffmpeg), {Otherwise}.",
            ToolOutcome.TimedOut =>
                $"ffmpeg took too long over {subject} and was ended: {Gaps}. Give a shorter or smaller file in Slate, {Otherwise}.",
            _ => $"ffmpeg could not make a slate of {subject} ({result.Error}): {Gaps}. Give another file in Slate, {Otherwise}.",
        };
    }
}
