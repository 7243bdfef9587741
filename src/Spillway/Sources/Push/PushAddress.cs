using Spillway.Configuration;

namespace Spillway.Sources.Push;

/// <summary>What the operator is told at the start: where an encoder publishes to.</summary>
internal static class PushAddress
{
    /// <summary>A line for each stream that is pushed to.</summary>
    /// <param name="options">The streams.</param>
    /// <param name="keys">A key is shown once: when it was made.</param>
    /// <param name="local">This server's own address, without a slash at its end.</param>
    public static IEnumerable<string> Lines(SpillwayOptions options, PublishKeys keys, string local)
    {
        foreach (var (name, stream) in options.Streams)
        {
            if (stream.Source != Timeline.StreamOptions.Push)
                continue;
            var address = $"{local}{PushName.Prefix}{name}";
            yield return keys.IsNew(name)
                ? $"{address}/{keys.Of(name)}/stream.m3u8  (the key is shown only now; it is kept in {Where()})"
                : $"{address}/KEY/stream.m3u8  (KEY: {(stream.Key.Length > 0 ? $"Streams.{name}.Key" : $"in {Where()}")})";
        }

        string Where() => Path.Combine(options.Data, PublishKeys.FileName);
    }
}
