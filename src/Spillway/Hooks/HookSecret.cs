using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Spillway.Hooks;

/// <summary>
/// A key and what it signs, as <see href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">
/// Standard Webhooks</see> has it: HMAC-SHA256 over id, time and body.
/// </summary>
internal sealed class HookSecret
{
    public const string Prefix = "whsec_";

    /// <summary>Bytes of a key, at least and at most.</summary>
    private const int Shortest = 24;
    private const int Longest = 64;

    private readonly byte[] _key;

    private HookSecret(byte[] key) => _key = key;

    /// <param name="text">With or without <see cref="Prefix"/>, as libraries take it.</param>
    /// <returns>Null: it is none.</returns>
    public static HookSecret? Read(string text)
    {
        var encoded = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var key = new byte[encoded.Length];
        // Others take no white space in it.
        return
            !encoded.Any(char.IsWhiteSpace)
            && Convert.TryFromBase64String(encoded, key, out var length)
            && length is >= Shortest and <= Longest
            ? new HookSecret(key[..length])
            : null;
    }

    /// <summary>What stands in <c>webhook-signature</c>: the version, a comma, and the Base64 of the signature.</summary>
    /// <param name="id"><c>webhook-id</c>.</param>
    /// <param name="timestamp"><c>webhook-timestamp</c>, seconds since 1970.</param>
    /// <param name="body">The bytes that are sent.</param>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        byte[] signed = [.. head, .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(_key, signed));
    }
}
