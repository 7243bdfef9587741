namespace Spillway.Streams;

/// <summary>
/// BANDWIDTH as the operator sets it: <c>720p=3500k</c> for one rendition, <c>3500k</c> for all that have none of their own.
/// </summary>
/// <param name="Rendition">Its name; null: any.</param>
/// <param name="BitsPerSecond">What players are told.</param>
internal sealed record BandwidthSetting(string? Rendition, long BitsPerSecond)
{
    public const string Expected = "\"3500k\", or \"720p=3500k\" for the rendition 720p alone (1k to 1000M)";

    /// <summary>Null for what is none; <see cref="Expected"/> says what is one.</summary>
    public static BandwidthSetting? TryParse(string text)
    {
        text = text.Trim();
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? null : text[..equals].Trim();
        if (name is not null && !Configuration.StreamName.IsWellFormed(name))
            return null;
        return Configuration.BitRate.TryParse(text[(equals + 1)..].Trim(), 'M', 1_000, 1_000_000_000, out var rate)
            ? new BandwidthSetting(name, (long)Math.Round(rate))
            : null;
    }

    /// <summary>Bits per second for a rendition, from settings that were checked; null: the operator has said nothing of it.</summary>
    public static long? For(string[] settings, string rendition)
    {
        long? any = null;
        foreach (var setting in settings.Select(TryParse))
        {
            if (setting!.Rendition is null)
                any = setting.BitsPerSecond;
            else if (setting.Rendition == rendition)
                return setting.BitsPerSecond;
        }
        return any;
    }

    /// <summary>What <c>Bandwidth</c> may say: each rendition once.</summary>
    public static void Check(string path, string[] settings, Configuration.Problems problems)
    {
        if (problems.AnyWrong(path))
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in settings)
        {
            if (TryParse(text) is not { } setting)
                problems.Wrong(path, text, Expected);
            else if (!seen.Add(setting.Rendition ?? ""))
                problems.Add(
                    path,
                    $"{problems.Label(path)} says twice what {(setting.Rendition is { } name ? $"the bandwidth of {name}" : "all have")} is: keep one."
                );
        }
    }
}
