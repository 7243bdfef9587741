using Spillway.Admin;

namespace Spillway.Configuration;

/// <summary>What must hold for the admin token: it stands in a header, and must not be guessed.</summary>
internal static class AdminRules
{
    private const string Token = "Admin.Token";

    public static void Check(AdminOptions options, Problems problems)
    {
        if (options.Token.Length == 0 || problems.AnyWrong(Token))
            return;
        if (options.Token.Length < AdminOptions.ShortestToken || options.Token.Any(static c => c is <= ' ' or > '~' or ','))
            problems.Wrong(
                Token,
                null,
                $"at least {AdminOptions.ShortestToken} printable ASCII characters without spaces and commas, or empty to have one made"
            );
    }
}
