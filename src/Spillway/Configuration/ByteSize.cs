using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Configuration;

/// <summary>A number of bytes as people write it. Units are powers of 1000, as on a disk's box and in a store's bill.</summary>
/// <param name="Bytes">0 or more.</param>
[JsonConverter(typeof(ByteSizeJson))]
internal readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("KB", 1_000),
        ("B", 1),
    ];

    public static ByteSize OfMegabytes(long megabytes) => new(megabytes * 1_000_000);

    /// <summary>Reads <c>50GB</c>, <c>1.5 GB</c>, <c>512MB</c>, or a plain number of bytes.</summary>
    public static bool TryParse(string text, out ByteSize size)
    {
        size = default;
        text = text.Trim();
        var scale = 1L;
        foreach (var (unit, bytes) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            scale = bytes;
            text = text[..^unit.Length].TrimEnd();
            break;
        }
        if (
            !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > (decimal)long.MaxValue / scale
        )
            return false;
        size = new ByteSize((long)decimal.Round(number * scale));
        return true;
    }

    /// <summary>The largest unit that leaves no more than three decimals: <c>50GB</c>, <c>1.5GB</c>, <c>1234.567KB</c>.</summary>
    public override string ToString()
    {
        foreach (var (unit, bytes) in Units)
        {
            if (Bytes >= bytes && Bytes * 1000m / bytes % 1 == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{Bytes / (decimal)bytes:0.###}{unit}");
        }
        return "0B";
    }
}

/// <summary>
/// Tells the source generator that a size is a value and no section of settings; settings are read by <see cref="SettingsBinder"/>.
/// </summary>
internal sealed class ByteSizeJson : JsonConverter<ByteSize>
{
    public override ByteSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number => new ByteSize(reader.GetInt64()),
            _ when ByteSize.TryParse(reader.GetString() ?? "", out var size) => size,
            _ => throw new JsonException("A size is a number of bytes, or a text such as 50GB."),
        };

    public override void Write(Utf8JsonWriter writer, ByteSize value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
