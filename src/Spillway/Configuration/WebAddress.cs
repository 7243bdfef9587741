using System.Diagnostics.CodeAnalysis;

namespace Spillway.Configuration;

/// <summary>An http or https address that other addresses are made from: no query, no fragment, no user.</summary>
internal static class WebAddress
{
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? address) =>
        TryParseWithQuery(text, out address) && address.UserInfo.Length == 0 && text.AsSpan().IndexOfAny('?', '#', '@') < 0;

    /// <summary>The same for an address that is only read from, which may hold a query or a user.</summary>
    public static bool TryParseWithQuery(string text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.Host.Length > 0
        && IsClean(text);

    /// <summary>The same for a ws or wss address.</summary>
    public static bool IsWebSocket(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeWs || address.Scheme == Uri.UriSchemeWss)
        && address.Host.Length > 0
        && address.UserInfo.Length == 0
        && text.AsSpan().IndexOfAny('?', '#', '@') < 0
        && IsClean(text);

    /// <summary>Uri would quietly trim and escape the rest.</summary>
    private static bool IsClean(string text) => !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\');
}
