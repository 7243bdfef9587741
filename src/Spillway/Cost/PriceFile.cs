namespace Spillway.Cost;

/// <summary>A price list in a file of the operator's.</summary>
internal static class PriceFile
{
    /// <summary>A list has some KB.</summary>
    private const int MostBytes = 1_000_000;

    /// <param name="problem">What goes after "but", without a full stop; null: nothing is wrong.</param>
    public static PriceList? Read(string path, out string? problem)
    {
        try
        {
            using var file = File.OpenRead(path);
            var text = new byte[MostBytes + 1];
            var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            if (length > MostBytes)
            {
                problem = "it is larger than 1 MB: that is no price list";
                return null;
            }
            return PriceList.Read(WithoutMark(text.AsSpan(0, length)), out problem);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = "there is no such file";
        }
        catch (ArgumentException)
        {
            problem = "that is no path";
        }
        // The system's own words have the path in them once more, however long it is.
        catch (PathTooLongException)
        {
            problem = "that path is too long";
        }
        catch (UnauthorizedAccessException)
        {
            problem = "that is a folder, or this user may not read it";
        }
        catch (IOException)
        {
            problem = "it cannot be read";
        }
        return null;
    }

    /// <summary>Some editors put a byte order mark.</summary>
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
