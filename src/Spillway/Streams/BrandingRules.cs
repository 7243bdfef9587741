using System.Text.RegularExpressions;
using Spillway.Configuration;

namespace Spillway.Streams;

/// <summary>What must hold for a stream's <see cref="BrandingOptions"/>: they end up in the pages of all viewers.</summary>
internal static partial class BrandingRules
{
    private const int LongestName = 60;

    public static void Check(string path, BrandingOptions branding, SpillwayOptions options, Problems problems)
    {
        if (branding.Name.Length > LongestName || branding.Name.Any(char.IsControl))
            problems.Wrong($"{path}.Name", branding.Name, $"one line of at most {LongestName} characters");
        CheckColour($"{path}.Accent", branding.Accent, problems);
        CheckColour($"{path}.Background", branding.Background, problems);
        CheckLogo($"{path}.Logo", branding, options, problems);
    }

    private static void CheckColour(string path, string colour, Problems problems)
    {
        if (colour.Length > 0 && !Colour().IsMatch(colour))
            problems.Wrong(path, colour, "a colour as #rrggbb or #rgb, such as #0b62d6");
    }

    private static void CheckLogo(string path, BrandingOptions branding, SpillwayOptions options, Problems problems)
    {
        var logo = branding.Logo = branding.Logo.Trim();
        if (logo.Length == 0 || RelativePath().IsMatch(logo))
            return;
        if (!WebAddress.TryParseWithQuery(logo, out var address))
            problems.Wrong(
                path,
                logo,
                "the address of a picture, such as https://example.org/logo.svg, or a path relative to player.json, such as ../branding/logo.svg"
            );
        // https://w3c.github.io/webappsec-mixed-content/
        else if (
            address.Scheme == Uri.UriSchemeHttp
            && options.Storage.PublicUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
        )
            problems.Wrong(
                path,
                logo,
                $"https, as {problems.Label("Storage.PublicUrl")} is: browsers show nothing from http on an https page"
            );
    }

    [GeneratedRegex(@"^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Colour();

    /// <summary>As players read it: no scheme, nothing to be escaped, and no other host.</summary>
    [GeneratedRegex(@"^(?!//)[A-Za-z0-9_.~/-]+\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RelativePath();
}
