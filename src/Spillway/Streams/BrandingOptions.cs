namespace Spillway.Streams;

/// <summary>How the player of a stream looks; what is empty is as it comes with the program. Taken up by open pages within seconds.</summary>
internal sealed class BrandingOptions
{
    /// <summary>Whose stream it is, beside the title.</summary>
    public string Name { get; set; } = "";

    /// <summary>A picture in its place: a web address, or a path relative to <c>player.json</c>.</summary>
    public string Logo { get; set; } = "";

    /// <summary>Colour of buttons: <c>#rrggbb</c>.</summary>
    public string Accent { get; set; } = "";

    /// <summary>Colour behind everything but the picture: <c>#rrggbb</c>.</summary>
    public string Background { get; set; } = "";
}
