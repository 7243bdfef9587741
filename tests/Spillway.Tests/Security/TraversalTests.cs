using System.Text;

namespace Spillway.Tests.Security;

/// <summary>
/// Requests as no client library would send them, at both ports of a server whose data folder holds secrets beside what is served:
/// whatever the way of writing, no answer has a byte of them.
/// </summary>
public sealed class TraversalTests(TraversalTests.Fixture fixture) : IClassFixture<TraversalTests.Fixture>
{
    private const string Secret = "THE-FILE-THAT-NOBODY-MAY-READ";

    private static readonly string[] s_ups =
    [
        "../",
        "..%2f",
        "..%2F",
        "%2e%2e/",
        "%2e%2e%2f",
        ".%2e/",
        "..%252f",
        "%252e%252e%252f",
        "%252e%252e/",
        "..\\",
        "..%5c",
        "%2e%2e%5c",
        "..%255c",
        "....//",
        "..;/",
        "..%00/",
        "..%c0%af",
        "%c0%ae%c0%ae/",
        "..%ef%bc%8f",
        "..%u2215",
        "./../",
        "%2f..%2f",
    ];

    /// <summary>Wherever something is served from below a folder, or looks as if it were.</summary>
    public static TheoryData<bool, string> Folders =>
        new()
        {
            { true, "/" },
            { true, "/watch/" },
            { true, "/watch/assets/" },
            { true, "/live/" },
            { true, "/live/replays/" },
            { false, "/" },
            { false, "/watch/" },
            { false, "/watch/assets/" },
            { false, "/live/" },
            { false, "/live/source/" },
            { false, "/ingest/live/" },
            { false, "/api/v1/streams/live/broadcasts/" },
            { false, "/api/v1/streams/live/replays/" },
            { false, "/dashboard/" },
            { false, "/dashboard/assets/" },
            { false, "/tracker/" },
            { false, "/health/" },
        };

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task No_way_of_writing_a_path_leads_out(bool edge, string folder)
    {
        foreach (var up in s_ups)
        foreach (var depth in (int[])[1, 3, 5])
        foreach (var file in (string[])["secret.txt", "admin-token", "keys.json", "bucket/lock", "etc/passwd"])
        {
            var climb = string.Concat(Enumerable.Repeat(up, depth));
            foreach (
                var target in (string[])
                    [folder + climb + file, folder + climb + file.Replace("/", "%2f", StringComparison.Ordinal)]
            )
                await AssertNothingAsync(edge, target);
        }
        foreach (
            var target in (string[])
                [
                    $"{folder}%2fetc%2fpasswd",
                    $"{folder}/etc/passwd",
                    $"{folder}{fixture.Data}/secret.txt",
                    $"{folder}{Uri.EscapeDataString(fixture.Data)}%2fsecret.txt",
                    $"{folder}file://{fixture.Data}/secret.txt",
                    $"{folder}secret.txt%00.m3u8",
                    $"{folder}playlist.m3u8/../../secret.txt",
                    $"http://127.0.0.1/{fixture.Data}/secret.txt",
                ]
        )
            await AssertNothingAsync(edge, target);
    }

    /// <summary>That the file could be seen is shown by one that is served.</summary>
    [Fact]
    public async Task What_lies_in_the_store_s_folder_is_served()
    {
        var answer = await fixture.Server.RawAsync(fixture.Server.EdgePort, Request("/served.txt"));
        Assert.Contains(Secret, answer, StringComparison.Ordinal);
    }

    private async Task AssertNothingAsync(bool edge, string target)
    {
        var answer = await fixture.Server.RawAsync(edge ? fixture.Server.EdgePort : fixture.Server.Port, Request(target));
        Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.False(answer.StartsWith("HTTP/1.1 5", StringComparison.Ordinal), $"{target}: {answer}");
    }

    private static string Request(string target) => $"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        internal string Data { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await RunningServer.StartAsync(options =>
            {
                options.Admin.Token = Secret + "-token";
                Data = Path.GetFullPath(options.Data);
            });
            foreach (
                var file in (string[])
                    [
                        "secret.txt",
                        "admin-token",
                        "keys.json",
                        "bucket/secret.txt",
                        "bucket/headers/secret.txt",
                        "bucket/objects/served.txt",
                    ]
            )
            {
                var path = Path.Combine(Data, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path, Secret, Encoding.ASCII);
            }
            await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(Data)!, "secret.txt"), Secret, Encoding.ASCII);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
