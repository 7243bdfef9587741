using Spillway.Admin;

namespace Spillway.Configuration;

/// <summary>
/// What must hold for the operator's door: the token stands in a header, and must not be guessed; what a proxy passes on must not be
/// taken for somebody at this machine.
/// </summary>
internal static class AdminRules
{
    private const string Token = "Admin.Token";

    private const string TrustLoopback = "Admin.TrustLoopback";

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

    public static void CheckLoopback(SpillwayOptions options, Problems problems)
    {
        if (!options.Admin.TrustLoopback)
            return;
        var proxy =
            options.Server.TrustedProxies.Length > 0 ? "Server.TrustedProxies"
            : options.Server.PublicUrl.Length > 0 ? "Server.PublicUrl"
            : null;
        if (proxy is not null)
            problems.Add(
                TrustLoopback,
                $"{problems.Label(TrustLoopback)} is true, and {problems.Label(proxy)} is set: requests that a proxy passes on may come from this "
                    + "machine, too. Set it to false, and sign in with the admin token."
            );
    }
}
