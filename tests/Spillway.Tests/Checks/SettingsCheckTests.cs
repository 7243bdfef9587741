using Spillway.Checks;
using Spillway.Configuration;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Tests.Checks;

/// <summary>What can be told of the settings alone.</summary>
public sealed class SettingsCheckTests
{
    [Theory]
    [InlineData("settings.mixed-content", "", "https://tv.example.org", "port 3001 has no https")]
    [InlineData("settings.mixed-content", "http://cdn.example.org", "https://tv.example.org", "http://cdn.example.org")]
    [InlineData("settings.r2-dev", "https://pub-12.r2.dev", "", "https://pub-12.r2.dev")]
    [InlineData("settings.local-address", "http://127.0.0.1:3001", "", "Storage.PublicUrl")]
    [InlineData("settings.local-address", "http://10.2.3.4", "", "10.2.3.4")]
    [InlineData("settings.local-address", "http://[fd00::1]", "", "fd00")]
    [InlineData("settings.local-address", "", "http://localhost:3000", "Server.PublicUrl")]
    [InlineData(
        "settings.proxy-not-trusted",
        "https://cdn.example.org",
        "https://tv.example.org",
        "Server.TrustedProxies is empty"
    )]
    public void A_setting_that_harms_is_found(string id, string edge, string server, string seen)
    {
        var findings = Run(
            new SpillwayOptions
            {
                Storage = new StorageOptions { PublicUrl = edge },
                Server = new ServerOptions { PublicUrl = server },
            }
        );
        Assert.Contains(findings, finding => finding.Kind.Id == id && finding.Seen.Contains(seen, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_good_for_an_event_has_no_finding()
    {
        var options = new SpillwayOptions
        {
            Storage = new StorageOptions { Bucket = "shows", PublicUrl = "https://cdn.example.org" },
            Server = new ServerOptions { PublicUrl = "https://tv.example.org", TrustedProxies = ["127.0.0.1"] },
        };
        Assert.Equal([SettingsFindings.Read], Run(options).Select(static finding => finding.Kind));
    }

    [Fact]
    public void What_the_loader_warns_of_is_a_warning_and_r2_dev_is_said_once()
    {
        var settings = ConfigurationLoader.Load(
            new ServeSettings { Source = StreamOptions.Push },
            Path.GetTempPath(),
            new Dictionary<string, string>
            {
                ["SPILLWAY_STORAGE_BUCKET"] = "shows",
                ["SPILLWAY__STORAGE__PUBLICURL"] = "https://pub-12.r2.dev",
                ["SPILLWAY__SERVER__PUBLICURL"] = "https://tv.example.org",
                ["SPILLWAY__SERVER__TRUSTEDPROXIES"] = "127.0.0.1",
            }
        );
        var findings = new FindingList();
        SettingsCheck.Run(settings, settings.Options!, findings);
        Assert.Equal(
            [SettingsFindings.Doubtful, SettingsFindings.R2Dev],
            findings.All.Select(static finding => finding.Kind).Where(static kind => kind.Level == FindingLevel.Warning)
        );
        Assert.Contains(
            findings.All,
            static finding => finding.Seen.Contains("SPILLWAY__STORAGE__BUCKET", StringComparison.Ordinal)
        );
        Assert.Contains(findings.All, static finding => finding.Kind == SettingsFindings.Embedded);
    }

    private static IReadOnlyList<CheckFinding> Run(SpillwayOptions options)
    {
        var findings = new FindingList();
        SettingsCheck.Run(
            new ConfigurationResult
            {
                Options = options,
                Errors = [],
                Warnings = [],
            },
            options,
            findings
        );
        return findings.All;
    }
}
