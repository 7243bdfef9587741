using System.Diagnostics.Metrics;

namespace Spillway.Metrics;

/// <summary>Measurements with the only labels there are; none of them grows with the audience.</summary>
internal static class MeasureOf
{
    public const string Stream = "stream";
    public const string Rendition = "rendition";
    public const string Kind = "kind";
    public const string Way = "way";

    public static Measurement<T> ForStream<T>(T value, string stream)
        where T : struct => new(value, new KeyValuePair<string, object?>(Stream, stream));

    public static Measurement<T> ForStream<T>(T value, string stream, string label, string name)
        where T : struct =>
        new(value, new KeyValuePair<string, object?>(Stream, stream), new KeyValuePair<string, object?>(label, name));

    public static Measurement<T> ForKind<T>(T value, string kind)
        where T : struct => new(value, new KeyValuePair<string, object?>(Kind, kind));

    /// <summary>1 for the kind that is, 0 for the others, so that a change is seen at once.</summary>
    public static IEnumerable<Measurement<int>> OneOf(IEnumerable<string> kinds, string present) =>
        kinds.Select(kind => ForKind(kind == present ? 1 : 0, kind));

    public static int Flag(bool value) => value ? 1 : 0;
}
