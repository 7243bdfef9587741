using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Configuration;

/// <summary>
/// A number of bytes as people write it: <c>64MB</c>, <c>1.5 GB</c>, <c>512KiB</c>, or a plain number. KB, MB, GB and TB are powers
/// of 1000, as disks are sold; KiB, MiB, GiB and TiB of 1024.
/// </summary>
[JsonConverter(typeof(ByteSizeConverter))]
internal readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Unit, long Bytes)[] s_units =
    [
        ("TiB", 1L << 40),
        ("GiB", 1L << 30),
        ("MiB", 1L << 20),
        ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("KB", 1_000),
        ("B", 1),
    ];

    public static ByteSize OfMegabytes(long megabytes) => new(megabytes * 1_000_000);

    public static bool TryParse(string text, out ByteSize size)
    {
        size = default;
        text = text.Trim();
        var scale = 1L;
        foreach (var (unit, bytes) in s_units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            scale = bytes;
            text = text[..^unit.Length].TrimEnd();
            break;
        }
        if (
            !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            // Far more than any disk has, and far from what a long cannot hold.
            || !(number * scale <= 1e15)
        )
            return false;
        size = new ByteSize((long)(number * scale));
        return true;
    }

    /// <summary>The shortest exact way to write it: <c>64MB</c>, <c>1GiB</c>, <c>1500KB</c>.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var (unit, scale) = s_units.Where(unit => bytes % unit.Bytes == 0).MaxBy(static unit => unit.Bytes);
        return Bytes == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{Bytes / scale}{unit}");
    }
}

/// <summary>Makes a size one value in the tree of settings, and not a section.</summary>
internal sealed class ByteSizeConverter : JsonConverter<ByteSize>
{
    public override ByteSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? new ByteSize(reader.GetInt64())
        : ByteSize.TryParse(reader.GetString() ?? "", out var size) ? size
        : throw new JsonException("Not a size such as 64MB.");

    public override void Write(Utf8JsonWriter writer, ByteSize value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
