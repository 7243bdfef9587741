using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Configuration;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class SpoolTests : IDisposable
{
    private static readonly byte[] Body = TestObjects.Random(10_000);

    private readonly string _data = Directory.CreateTempSubdirectory("spillway-spool-").FullName;
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task What_the_memory_has_no_room_for_is_on_disk_until_it_is_let_go()
    {
        using var spool = Open(memory: 25_000, disk: 100_000);
        using var share = spool.Open(static () => false);
        var first = Keep(share);
        var second = Keep(share);
        Assert.NotNull(second);
        Assert.Null(Keep(share));
        var third = await share.TryWriteAsync(Body);
        Assert.NotNull(third);
        Assert.Equal((20_000, 10_000, 30_000), (spool.InMemory, spool.OnDisk, share.Bytes));
        Assert.Equal(Body, (await third.ReadAsync(default))!.Value.ToArray());
        Assert.Single(Files());
        third.Dispose();
        first!.Dispose();
        first.Dispose();
        Assert.Equal((10_000, 0, 10_000), (spool.InMemory, spool.OnDisk, share.Bytes));
        Assert.Empty(Files());
        Assert.NotNull(Keep(share));
    }

    [Fact]
    public async Task Its_limit_holds_and_a_stream_that_has_nothing_there_always_has_a_place()
    {
        using var spool = Open(memory: 0, disk: 25_000);
        using var share = spool.Open(static () => false);
        using var other = spool.Open(static () => false);
        Assert.NotNull(Keep(share));
        Assert.Null(Keep(share));
        Assert.NotNull(await share.TryWriteAsync(Body));
        Assert.NotNull(await share.TryWriteAsync(Body));
        Assert.Null(await share.TryWriteAsync(Body));
        Assert.Null(spool.Fault);
        Assert.NotNull(Keep(other));
        Assert.NotNull(share.TryKeep(Body, isNeeded: true));
    }

    [Fact]
    public async Task Room_is_made_by_who_has_most()
    {
        var asked = new List<string>();
        using var spool = Open(memory: 1_000_000, disk: 0);
        using var little = spool.Open(() => Ask("little", true));
        using var much = spool.Open(() => Ask("much", false));
        Keep(little);
        Keep(much);
        Keep(much);
        Assert.True(much.MakeRoom());
        Assert.Equal(["much", "little"], asked);
        Assert.Null(await much.TryWriteAsync(Body));

        bool Ask(string name, bool has)
        {
            asked.Add(name);
            return has;
        }
    }

    [Fact]
    public async Task Left_overs_of_a_dead_process_are_removed_and_those_of_a_living_one_are_not()
    {
        var root = Path.Combine(_data, "spool");
        // Another process, by the same kind of lock.
        Directory.CreateDirectory(Path.Combine(root, "4711-abc"));
        await File.WriteAllBytesAsync(Path.Combine(root, "4711-abc", "1"), Body, TestContext.Current.CancellationToken);
        using var process = Process.Start(
            new ProcessStartInfo("flock", [Path.Combine(root, "4711-abc.lock"), "sh", "-c", "echo held; exec sleep 60"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        Assert.Equal("held", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        using (var mine = Open(memory: 0, disk: 100_000))
        {
            using var share = mine.Open(static () => false);
            Keep(share);
            Assert.NotNull(await share.TryWriteAsync(Body));
            // A third one, while both live.
            Open(memory: 0, disk: 100_000).Dispose();
            Assert.Equal(2, Files().Count);
        }
        // Mine took its own along.
        Assert.Single(Files());
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        // The kernel may need a moment for all of its children.
        await Until.TrueAsync(
            () =>
            {
                Open(memory: 0, disk: 100_000).Dispose();
                return Directory.GetFileSystemEntries(root).Length == 0;
            },
            "it is gone"
        );
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_counts_as_full_with_the_remedy_until_it_can()
    {
        // Root may write anywhere; into a file not even root can put another.
        var root = Path.Combine(_data, "spool");
        await File.WriteAllTextAsync(root, "in the way", TestContext.Current.CancellationToken);
        using var spool = Open(memory: 0, disk: 100_000);
        using var share = spool.Open(static () => false);
        Keep(share);
        Assert.Null(await share.TryWriteAsync(Body));
        Assert.Contains("cannot wait on disk", spool.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("--data", spool.Fault.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, spool.OnDisk);
        File.Delete(root);
        // It is left alone for a while.
        Assert.Null(await share.TryWriteAsync(Body));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.NotNull(await share.TryWriteAsync(Body));
        Assert.Null(spool.Fault);
    }

    [Fact]
    public async Task A_disk_that_is_full_says_so_and_takes_again_what_there_is_room_for()
    {
        var root = Path.Combine(_data, "spool");
        Directory.CreateDirectory(root);
        if (!await RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", root))
            Assert.Skip("Only root may mount a small disk.");
        try
        {
            using var spool = Open(memory: 0, disk: 1_000_000);
            using var share = spool.Open(static () => false);
            Keep(share);
            var held = new List<HeldBody>();
            while (await share.TryWriteAsync(Body) is { } written)
                held.Add(written);
            Assert.InRange(held.Count, 3, 6);
            Assert.Equal(StoreFaultKind.Full, spool.Fault!.Kind);
            Assert.Contains("Free some space", spool.Fault.Remedy, StringComparison.Ordinal);
            Assert.Equal(held.Count, Files().Count);
            foreach (var one in held)
                Assert.Equal(Body, (await one.ReadAsync(default))!.Value.ToArray());
            held[0].Dispose();
            _time.Advance(TimeSpan.FromSeconds(6));
            Assert.NotNull(await share.TryWriteAsync(Body));
            Assert.Null(spool.Fault);
        }
        finally
        {
            Assert.True(await RunAsync("umount", root));
        }
    }

    [Fact]
    public async Task What_the_disk_gives_back_is_what_was_written_or_nothing()
    {
        using var spool = Open(memory: 0, disk: 100_000);
        using var share = spool.Open(static () => false);
        Keep(share);
        var damaged = await share.TryWriteAsync(Body);
        var file = Files().Single();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[5000] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        Assert.Null(await damaged!.ReadAsync(default));
        File.Delete(file);
        Assert.Null(await damaged.ReadAsync(default));
    }

    private Spool Open(long memory, long disk) => new(new(memory), new(disk), _data, _time, NullLogger.Instance);

    private static HeldBody? Keep(SpoolShare share) => share.TryKeep(Body, isNeeded: false);

    private List<string> Files() =>
        [
            .. Directory
                .GetFiles(Path.Combine(_data, "spool"), "*", SearchOption.AllDirectories)
                .Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)),
        ];

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true }
        )!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}
