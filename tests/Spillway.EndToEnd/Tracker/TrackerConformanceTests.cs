using Spillway.EndToEnd.Servers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Tracker;

/// <summary>The same session with bittorrent-tracker 11.2.3 and with ours: what differs is what docs/tracker.md says.</summary>
public sealed class TrackerConformanceTests : EndToEndTest
{
    /// <summary>By step: the row of the table "What differs from other trackers" that says so.</summary>
    private static readonly Dictionary<string, string> s_rows = new()
    {
        ["b offers to a partner"] = "offers passed on",
        ["c answers what nobody asked"] = "an answer",
        ["c announces as b"] = "a `peer_id` in use",
        ["c stops b"] = "a `peer_id` in use",
        ["c sends 13 offers"] = "offers in an announce",
        ["a scrapes"] = "what a scrape tells",
        ["a scrapes a list"] = "what a scrape tells",
        ["a scrapes all"] = "scrape without a hash",
        ["a says an unknown action"] = "a failure",
        ["a shortens the hash"] = "a failure",
        ["a forgets its peer id"] = "a failure",
        ["a sends no JSON"] = "a failure",
        ["b leaves"] = "a reply to `stopped`",
        ["c leaves"] = "a reply to `stopped`",
        ["c joins with left null"] = "`left` of null",
    };

    [Fact(Timeout = 60_000)]
    public async Task A_session_differs_from_bittorrent_trackers_only_where_the_documentation_says_so()
    {
        var ours = Own(await TrackerProcess.OursAsync(Folder));
        var theirs = Own(await TrackerProcess.BittorrentAsync());
        var told = await ScriptedSession.RunAsync(ours.Url);
        var toldByTheirs = await ScriptedSession.RunAsync(theirs.Url);

        Assert.Equal(toldByTheirs.Keys, told.Keys);
        foreach (var (step, expected) in toldByTheirs)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{step}\n  theirs: {expected}\n  ours:   {told[step]}");
            if (s_rows.ContainsKey(step))
                Assert.False(expected == told[step], $"'{step}' no longer differs: {expected}");
            else
                Assert.Equal((step, expected), (step, told[step]));
        }

        // How they differ.
        const string failure = """{"action":"announce","failure reason":"text","info_hash":"u1V+kf8d/hGqPz0aB3cD"}""";
        Assert.Equal(
            """b: {"action":"announce","complete":0,"incomplete":2,"info_hash":"u1V\u002Bkf8d/hGqPz0aB3cD","interval":"n"}""",
            told["b offers to a partner"]
        );
        foreach (var step in (string[])["c answers what nobody asked", "c announces as b", "c stops b", "c sends 13 offers"])
            Assert.Equal($"c: {failure.Replace("+", "\\u002B", StringComparison.Ordinal)}", told[step]);
        Assert.Equal("""a: {"action":"scrape","failure reason":"text"}""", told["a scrapes all"]);
        Assert.All(
            (string[])["b leaves", "c leaves", "a shortens the hash", "a sends no JSON"],
            step => Assert.Empty(told[step])
        );
        Assert.All((string[])["a says an unknown action", "a forgets its peer id"], step => Assert.StartsWith("a: ", told[step]));

        var documentation = await File.ReadAllTextAsync(
            Path.Combine(RepositoryFolder.Path, "docs", "tracker.md"),
            TestContext.Current.CancellationToken
        );
        Assert.All(s_rows.Values, row => Assert.Contains($"\n| {row} |", documentation, StringComparison.Ordinal));
    }
}
