using System.Text.Json;
using Spillway.Playlists;

namespace Spillway.Storage;

/// <summary>Finds who wrote a mutable object in its body, playlist or JSON.</summary>
internal static class StampReader
{
    public static Stamp? Read(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("#EXTM3U"u8))
        {
            var parsed = PlaylistParser.Parse(body);
            return parsed.Media?.Stamp ?? parsed.Multivariant?.Stamp;
        }
        return ReadJson(body);
    }

    private static Stamp? ReadJson(ReadOnlySpan<byte> body)
    {
        long? epoch = null,
            revision = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                var isEpoch = reader.ValueTextEquals("epoch"u8);
                if (!isEpoch && !reader.ValueTextEquals("revision"u8))
                    continue;
                if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value))
                    return null;
                if (isEpoch)
                    epoch = value;
                else
                    revision = value;
            }
        }
        catch (JsonException)
        {
            return null;
        }
        return epoch is { } e && revision is { } r ? new Stamp(e, r) : null;
    }
}
