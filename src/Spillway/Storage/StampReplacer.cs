using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Spillway.Playlists;

namespace Spillway.Storage;

/// <summary>Puts another writer's stamp on a mutable object, and leaves all else as it is.</summary>
internal static class StampReplacer
{
    private static ReadOnlySpan<byte> Line => "\n#SPILLWAY:"u8;

    /// <summary>Null for what carries none.</summary>
    public static byte[]? Replace(ReadOnlyMemory<byte> body, Stamp stamp) =>
        body.Span.StartsWith("#EXTM3U"u8) ? InPlaylist(body.Span, stamp) : InJson(body, stamp);

    private static byte[]? InPlaylist(ReadOnlySpan<byte> body, Stamp stamp)
    {
        var start = body.IndexOf(Line);
        if (start < 0)
            return null;
        var rest = body[(start + 1)..];
        var end = rest.IndexOf((byte)'\n');
        return
        [
            .. body[..start],
            .. Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"\n#SPILLWAY:EPOCH={stamp.Epoch},REVISION={stamp.Revision}")
            ),
            .. end < 0 ? default : rest[end..],
        ];
    }

    private static byte[]? InJson(ReadOnlyMemory<byte> body, Stamp stamp)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            var result = new ArrayBufferWriter<byte>(body.Length + 64);
            using (var writer = new Utf8JsonWriter(result))
            {
                writer.WriteStartObject();
                writer.WriteNumber("epoch"u8, stamp.Epoch);
                writer.WriteNumber("revision"u8, stamp.Revision);
                foreach (var member in document.RootElement.EnumerateObject())
                {
                    if (!member.NameEquals("epoch"u8) && !member.NameEquals("revision"u8))
                        member.WriteTo(writer);
                }
                writer.WriteEndObject();
            }
            return result.WrittenSpan.ToArray();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
