using System.Text.Json;
using Spillway.Checks;
using Spillway.EndToEnd.Reliability;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Checks;

/// <summary>The published binary's <c>check</c>: beside a show that is on air, and where something is wrong.</summary>
[Collection(Lanes.Servers)]
public sealed class CheckCommandTests(EdgeFaults faults) : EndToEndTest
{
    [Fact(Timeout = 120_000)]
    public async Task A_healthy_show_has_no_fault_and_a_broken_one_fails_by_its_exit_code()
    {
        await faults.OfAsync(EdgeFaults.Healthy);
        await using var stun = new StunServer();
        var encoder = Own(Encoder.OfFolder(Path.Combine(Folder, "encoder"), seconds: 1));
        encoder.Start();
        var port = FreePort.Next();
        var settings = Settings(stun, port);
        await Until.TrueAsync(
            () => Directory.Exists(encoder.Source) && Directory.EnumerateFiles(encoder.Source, "*.m3u8").Any(),
            TimeSpan.FromSeconds(20),
            () => $"the encoder writes: {encoder.Log}"
        );
        var server = Own(await SpillwayProcess.StartAsync(encoder.Source, DataFolder, settings, port));

        var wrongClock = await WrongClock.MakeAsync(Folder, TimeSpan.FromMinutes(20));
        var healthy = RunAsync(encoder.Source, settings, "--json");
        var denied = RunAsync(encoder.Source, With(settings, "SPILLWAY__STORAGE__SECRETACCESSKEY", "wrong-secret"), "--json");
        var unknown = RunAsync(encoder.Source, With(settings, "SPILLWAY__STORAGE__BUCKETT", "x"), "--json");
        var skewed = RunAsync(encoder.Source, With(settings, wrongClock), "--json");
        var words = RunAsync("/nowhere", With(settings, "SPILLWAY__STORAGE__SECRETACCESSKEY", "wrong-secret"));

        var (exit, output) = await healthy;
        using (var json = JsonDocument.Parse(output))
        {
            Assert.True((exit, 0, 0) == (0, Number(json, "errors"), Number(json, "warnings")), $"{exit}: {output}\n{server.Log}");
            var ids = Ids(json);
            foreach (
                var kind in (FindingKind[])
                    [
                        MachineFindings.Running,
                        MachineFindings.Clock,
                        StoreFindings.Works,
                        EdgeFindings.Caches,
                        SourceFindings.Live,
                        TrackerFindings.Answers,
                        TrackerFindings.Stun,
                    ]
            )
                Assert.Contains(kind.Id, ids);
        }
        await AssertAsync(denied, 1, StoreFindings.Denied);
        await AssertAsync(unknown, 78, SettingsFindings.Wrong);
        await AssertAsync(skewed, 1, MachineFindings.ClockRefused, StoreFindings.Denied);
        (exit, output) = await words;
        Assert.Equal(1, exit);
        Assert.Contains("Remedy: Check Storage:SecretAccessKey", output, StringComparison.Ordinal);
        Assert.Contains("(source.unusable)", output, StringComparison.Ordinal);
        Assert.Contains("2 errors, 0 warnings, ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_check_that_is_interrupted_takes_its_object_away()
    {
        await faults.OfAsync(EdgeFaults.Healthy);
        await using var stun = new StunServer();
        var settings = Settings(stun, FreePort.Next());
        using var client = (await CephCluster.SharedAsync()).NewClient();
        await using var check = ChildProcess.Start(
            SpillwayProcess.Binary,
            ["check", "--source", "push", "--data", DataFolder],
            Folder,
            settings
        );
        await Until.TrueAsync(ProbeIsThereAsync, TimeSpan.FromSeconds(20), () => $"it has written its object: {check.Output}");
        check.SendTerminate();
        Assert.Equal(130, await check.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.False(await ProbeIsThereAsync());

        async Task<bool> ProbeIsThereAsync()
        {
            var page = await client.ListObjectsV2Async(
                new Amazon.S3.Model.ListObjectsV2Request
                {
                    BucketName = settings["SPILLWAY__STORAGE__BUCKET"],
                    Prefix = $"on-air/{ProbeObject.Family}",
                }
            );
            return page.S3Objects is { Count: > 0 };
        }
    }

    private static async Task AssertAsync(Task<(int Exit, string Output)> run, int exit, params FindingKind[] expected)
    {
        var (code, output) = await run;
        Assert.True(code == exit, $"{code} instead of {exit}: {output}");
        using var json = JsonDocument.Parse(output);
        foreach (var kind in expected)
            Assert.Contains(kind.Id, Ids(json));
    }

    private async Task<(int Exit, string Output)> RunAsync(
        string source,
        IReadOnlyDictionary<string, string> settings,
        params string[] options
    )
    {
        await using var check = ChildProcess.Start(
            SpillwayProcess.Binary,
            ["check", "--source", source, "--data", DataFolder, .. options],
            Folder,
            settings
        );
        return (await check.ExitAsync(TimeSpan.FromSeconds(60)), check.Output);
    }

    private Dictionary<string, string> Settings(StunServer stun, int port)
    {
        var storage = faults.StorageOf(EdgeFaults.Healthy);
        return new Dictionary<string, string>
        {
            ["SPILLWAY__STORAGE__ENDPOINT"] = storage.Endpoint,
            ["SPILLWAY__STORAGE__BUCKET"] = storage.Bucket,
            ["SPILLWAY__STORAGE__PREFIX"] = "on-air",
            ["SPILLWAY__STORAGE__ACCESSKEYID"] = storage.AccessKeyId,
            ["SPILLWAY__STORAGE__SECRETACCESSKEY"] = storage.SecretAccessKey,
            ["SPILLWAY__STORAGE__PUBLICURL"] = storage.PublicUrl,
            ["SPILLWAY__SERVER__PORT"] = $"{port}",
            ["SPILLWAY__SERVER__PUBLICURL"] = $"http://127.0.0.1:{port}",
            ["SPILLWAY__TRACKER__STUN"] = stun.Address,
        };
    }

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> settings, string name, string value) =>
        With(settings, new Dictionary<string, string> { [name] = value });

    private static Dictionary<string, string> With(
        IReadOnlyDictionary<string, string> settings,
        IReadOnlyDictionary<string, string> more
    )
    {
        var all = new Dictionary<string, string>(settings);
        foreach (var (name, value) in more)
            all[name] = value;
        return all;
    }

    private static int Number(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetInt32();

    private static List<string?> Ids(JsonDocument json) =>
        [.. json.RootElement.GetProperty("findings").EnumerateArray().Select(static one => one.GetProperty("id").GetString())];
}
