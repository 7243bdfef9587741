using System.Net.Http.Headers;
using System.Text;

namespace Spillway.Sources.Push;

/// <summary>
/// The key as an encoder shows it: <c>Authorization: Bearer</c>, Basic with the key as password, <c>?key=</c>, or the first folder of
/// the address. The last is for ffmpeg, which leaves a query out of the addresses of its segments.
/// </summary>
internal static class PushKey
{
    /// <summary>Whether the request shows the right key, and whether it shows any outside of its address.</summary>
    /// <param name="request">Its headers and query.</param>
    /// <param name="name">The key, where it is the first part, is taken out of it.</param>
    /// <param name="opens">Whether a key is the stream's.</param>
    public static (bool Right, bool Shown) Check(HttpRequest request, ref PushName name, Func<string, bool> opens)
    {
        var keys = Keys(request).ToList();
        var right = keys.Exists(key => opens(key));
        if (name.Parts.Count > 0 && opens(name.Parts[0]))
        {
            name = name with { Parts = [.. name.Parts.Skip(1)] };
            right = true;
        }
        return (right, keys.Count > 0);
    }

    private static IEnumerable<string> Keys(HttpRequest request)
    {
        foreach (var header in request.Headers.Authorization)
        {
            if (!AuthenticationHeaderValue.TryParse(header, out var given) || given.Parameter is not { } parameter)
                continue;
            if (given.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
                yield return parameter.Trim();
            else if (given.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && Password(parameter) is { } password)
                yield return password;
        }
        foreach (var value in request.Query["key"])
        {
            if (!string.IsNullOrEmpty(value))
                yield return value;
        }
    }

    /// <summary>What stands after the first colon (RFC 7617 section 2); any user name will do.</summary>
    private static string? Password(string parameter)
    {
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : text[(colon + 1)..];
    }
}
