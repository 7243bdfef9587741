using System.Text.Json;
using Spillway.Checks;
using Spillway.Configuration;

namespace Spillway.Tests.Checks;

/// <summary>How findings are shown.</summary>
public sealed class CheckTextTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private static readonly CheckFinding[] s_findings =
    [
        new(EdgeFindings.Reads, null, "It gives the bytes that were stored.", ""),
        new(StoreFindings.Denied, null, "The store answered 403.", "Check Storage:SecretAccessKey."),
        new(SourceFindings.LongSegments, "main", "0: segments of 8.0 s.", SourceFindings.LongSegments.Remedy),
        new(TrackerFindings.NoStun, null, "Tracker.Stun is empty.", TrackerFindings.NoStun.Remedy),
    ];

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void It_is_grouped_and_says_what_was_seen_what_it_means_and_the_remedy() =>
        Assert.Equal(
            """
            Store
              error    The store answered 403.
                       The key is wrong, or may not do what is needed: nothing can be stored. (store.denied)
                       Remedy: Check Storage:SecretAccessKey.
            Edge
              ok       It gives the bytes that were stored.
            Source
              warning  [main] 0: segments of 8.0 s.
                       Viewers are at least three segments behind, and wait for a whole one to begin.
                       (source.long-segments)
                       Remedy: Segments can be no shorter than the encoder's keyframe interval: set it to 2 s, and the
                       source's segments to 2 to 4 s.
            Tracker
              note     Tracker.Stun is empty.
                       Only viewers in one network find each other. (tracker.no-stun)
                       Remedy: For the internet leave Tracker.Stun as it is by default.

            1 error, 1 warning, 1 note.

            """,
            CheckText.Of(s_findings)
        );

    [Fact]
    public void All_is_well_without_error_and_warning() =>
        Assert.EndsWith("\nAll is well, 0 notes.\n", CheckText.Of([s_findings[0]]), StringComparison.Ordinal);

    [Fact]
    public void For_programs_it_is_JSON()
    {
        using var json = JsonDocument.Parse(CheckReport.Of(s_findings, TimeSpan.FromSeconds(1.25)));
        Assert.Equal(1, json.RootElement.GetProperty("errors").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("warnings").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("notes").GetInt32());
        var findings = json.RootElement.GetProperty("findings");
        Assert.Equal(
            ["ok", "error", "warning", "note"],
            findings.EnumerateArray().Select(static one => one.GetProperty("level").GetString())
        );
        Assert.Equal("source.long-segments", findings[2].GetProperty("id").GetString());
        Assert.Equal("source", findings[2].GetProperty("group").GetString());
        Assert.Equal("main", findings[2].GetProperty("subject").GetString());
        Assert.False(findings[0].TryGetProperty("remedy", out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wrong_settings_are_all_said_and_give_exit_code_78(bool json)
    {
        var settings = ConfigurationLoader.Load(
            new ServeSettings(),
            Path.GetTempPath(),
            new Dictionary<string, string>
            {
                ["SPILLWAY__STORAGE__BUCKETT"] = "shows",
                ["SPILLWAY__STREAMS__LIVE__SOURCE"] = "push",
                ["SPILLWAY__STORAGE__PUBLICURL"] = "https://cdn.example.org",
                ["SPILLWAY__SERVER__PUBLICURL"] = "http://tv.example.org",
            }
        );
        var exit = await CheckCommand.RunAsync(
            settings,
            new CheckSettings(new ServeSettings(), Fix: false, json),
            new CheckLimits(),
            TimeProvider.System,
            _output,
            _error,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(78, exit);
        Assert.Contains(SettingsFindings.Wrong.Id, _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("BUCKETT", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("browsers refuse a ws: tracker", _output.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
        if (json)
            Assert.Equal(2, JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("errors").GetInt32());
    }
}
