using System.Security.Cryptography;
using System.Text;

namespace Spillway.Configuration;

/// <summary>Keys and tokens that others show.</summary>
internal static class Secret
{
    /// <summary>The time it takes does not tell how much was right, nor how long the right one is.</summary>
    public static bool Same(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(expected)),
            SHA256.HashData(Encoding.UTF8.GetBytes(given))
        );
}
