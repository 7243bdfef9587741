namespace Spillway.Sources.Ladder;

/// <summary>What the operator should know, from several sides; told as one when it changes.</summary>
internal sealed class LadderAdvice
{
    private string? _told;

    /// <summary>Of the source that feeds the ladder.</summary>
    public string? Inner { get; set; }

    /// <summary>Steps left out.</summary>
    public string? Plan { get; set; }

    /// <summary>Renditions that come in and are not used.</summary>
    public string? Choice { get; set; }

    public string? Slow { get; set; }

    /// <summary>Why nothing is made at all.</summary>
    public string? Trouble { get; set; }

    /// <summary>Whether it says something else than at the last call.</summary>
    public bool News(out string? text)
    {
        string?[] all = [Trouble, Slow, Plan, Choice, Inner];
        text = Array.TrueForAll(all, static a => a is null) ? null : string.Join(' ', all.Where(static a => a is not null));
        var isNew = text != _told;
        _told = text;
        return isNew;
    }
}
