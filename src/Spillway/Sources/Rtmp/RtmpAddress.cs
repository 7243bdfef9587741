namespace Spillway.Sources.Rtmp;

/// <summary>
/// Where an encoder publishes to: <c>rtmp://HOST:PORT/live/KEY</c>. Encoders cut it in two, the "app" and the "stream name", and
/// not all at the same place: OBS with all of it as its server sends an empty name.
/// </summary>
internal static class RtmpAddress
{
    public const string App = "live";

    /// <summary>The key in an app and a stream name, queries left out; null: the address is no such one.</summary>
    public static string? KeyOf(string app, string name)
    {
        var parts = $"{WithoutQuery(app)}/{WithoutQuery(name)}".Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts is [App, var key] ? key : null;
    }

    private static string WithoutQuery(string part) => part.IndexOf('?') is var at and >= 0 ? part[..at] : part;
}
