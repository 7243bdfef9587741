using System.Text;

namespace Spillway.Configuration;

/// <summary>Reads a settings file whole. A file that is not there is no error here.</summary>
internal static class TextFile
{
    /// <summary>Bytes: far more than any settings need, and little enough to hold.</summary>
    private const int Longest = 256 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <param name="problems">Gets an error when it is there but cannot be read, is too long or is not UTF-8.</param>
    /// <returns>Its text without a byte order mark; null when there is none to be had.</returns>
    public static string? Read(string path, string name, Problems problems)
    {
        name = Shown.Name(name);
        try
        {
            if (Directory.Exists(path))
            {
                problems.Add($"{name} is a folder: it must be a file.");
                return null;
            }
            if (!File.Exists(path))
                return null;
            using var file = File.OpenRead(path);
            var bytes = new byte[Longest + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > Longest)
            {
                problems.Add($"{name} is longer than {Longest / 1024} KiB: it is no file of settings.");
                return null;
            }
            var text = Utf8.GetString(bytes, 0, length);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            problems.Add($"{name} is not text in UTF-8: save it as UTF-8.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{name} cannot be read: {Shown.Name(exception.GetType().Name)}. Check its owner and mode.");
        }
        return null;
    }
}
