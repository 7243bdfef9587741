using System.Text;

namespace Spillway.Storage;

/// <summary>
/// What both stores take for a key: a relative path with <c>/</c>. Narrower than S3 on purpose, so that a key means the same
/// in a bucket, as a file name and in a URL.
/// </summary>
internal static class ObjectKey
{
    /// <summary>S3's limit for a whole key, prefix included.</summary>
    private const int MaxKeyBytes = 1024;

    /// <summary>The limit of common file systems for one name.</summary>
    private const int MaxNameBytes = 255;

    /// <summary>UTF-8 that refuses half surrogate pairs instead of replacing them: two keys must never become one.</summary>
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is wrong with the key, or null.</summary>
    public static string? Problem(string key)
    {
        if (key.Length == 0)
            return "it is empty";
        foreach (var character in key)
        {
            if (character == '\\')
                return "it has a backslash";
            if (char.IsControl(character))
                return "it has a control character";
        }
        try
        {
            if (Strict.GetByteCount(key) > MaxKeyBytes)
                return $"it is longer than {MaxKeyBytes} bytes";
        }
        catch (EncoderFallbackException)
        {
            return "it is not valid Unicode";
        }
        foreach (var range in key.AsSpan().Split('/'))
        {
            var name = key.AsSpan()[range];
            if (name.IsEmpty)
                return "it has an empty part (a slash at an end, or two together)";
            if (name is "." or "..")
                return "it has a part that is '.' or '..'";
            if (Strict.GetByteCount(name) > MaxNameBytes)
                return $"it has a part longer than {MaxNameBytes} bytes";
        }
        return null;
    }

    /// <exception cref="ArgumentException">Keys are made by this program, so a bad one is a bug.</exception>
    public static void Check(string key)
    {
        if (Problem(key) is { } problem)
            throw new ArgumentException($"The object key '{key}' cannot be used: {problem}.", nameof(key));
    }

    /// <summary>Header values end up in answers and in one-line files: no line breaks, no other control characters.</summary>
    /// <exception cref="ArgumentException">As for keys.</exception>
    public static void Check(ObjectHeaders headers)
    {
        foreach (var value in (ReadOnlySpan<string>)[headers.ContentType, headers.CacheControl])
        {
            foreach (var character in value)
            {
                if (character is < ' ' or > '~')
                    throw new ArgumentException($"The header value '{value}' is not printable ASCII.", nameof(headers));
            }
        }
    }
}
