using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>What a folder adds to being a store: a lock, crashes, paths, disks.</summary>
public sealed class EmbeddedObjectStoreTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("spillway-embedded-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 19, 5, 1, TimeSpan.Zero));

    private string Bucket => Path.Combine(_data, "bucket");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void A_second_store_on_the_folder_is_told_which_setting_to_change()
    {
        using var first = Open();
        var exception = Assert.Throws<DataFolderInUseException>(Open);
        Assert.Equal(_data, exception.Folder);
        Assert.Contains(_data, exception.Message, StringComparison.Ordinal);
        Assert.Contains("--data", exception.Message, StringComparison.Ordinal);
        first.Dispose();
        Open().Dispose();
    }

    [Fact]
    public async Task The_lock_of_another_process_holds_until_that_process_dies()
    {
        Open().Dispose();
        // --no-fork: flock itself becomes the sleep that holds the lock, so that killing it ends the lock.
        var start = new ProcessStartInfo("/usr/bin/flock")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList = { "--no-fork", Path.Combine(Bucket, "lock"), "sh", "-c", "echo locked; exec sleep 600" },
        };
        using var other = Process.Start(start)!;
        Assert.Equal("locked", await other.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Throws<DataFolderInUseException>(Open);
        other.Kill();
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        Open().Dispose();
    }

    [Fact]
    public async Task What_a_crash_left_half_written_is_never_seen_and_cleared_at_the_next_start()
    {
        using (var store = Open())
            await store.StoreAsync("live/1.ts", TestObjects.Bytes("whole"));
        var half = Path.Combine(Bucket, "temp", "1");
        await File.WriteAllTextAsync(half, "hal", TestContext.Current.CancellationToken);

        using var next = Open();
        Assert.False(File.Exists(half));
        Assert.Equal("live/1.ts", Assert.Single(await next.ListAllAsync("")).Key);
        await next.StoreAsync("live/2.ts", TestObjects.Bytes("next"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Bucket, "temp")));
    }

    [Fact]
    public async Task Bodies_ETags_headers_and_dates_outlive_a_restart()
    {
        var headers = new ObjectHeaders("application/vnd.apple.mpegurl", "max-age=60, s-maxage=60");
        string etag;
        using (var store = Open())
        {
            etag = await store.StoreAsync("live/playlist.m3u8", TestObjects.Bytes("ended"), headers);
            await store.StoreAsync("live/1.ts", TestObjects.Bytes("1"), TestObjects.Segment);
        }
        var stored = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromHours(2));

        using var next = Open();
        using var playlist = next.TryOpen("live/playlist.m3u8")!;
        Assert.Equal((etag, headers, stored), (playlist.ETag, playlist.Headers, playlist.LastModified));
        using var segment = next.TryOpen("live/1.ts")!;
        Assert.Equal(TestObjects.Segment, segment.Headers);
        await next.StoreAsync("live/playlist.m3u8", TestObjects.Bytes("more"), condition: PutCondition.Matches(etag));
        Assert.Equal(stored.AddHours(2), (await next.FindAsync("live/playlist.m3u8")).LastModified);
    }

    [Fact]
    public async Task Bodies_are_plain_files_and_only_unusual_headers_take_another()
    {
        using var store = Open();
        await store.StoreAsync("live/1.ts", TestObjects.Bytes("1"), TestObjects.Segment);
        await store.StoreAsync("live/2.ts", TestObjects.Bytes("2"), TestObjects.Segment with { CacheControl = "no-store" });
        Assert.Equal(["1.ts", "2.ts"], FilesIn("objects/live"));
        Assert.Equal(["2.ts"], FilesIn("headers/live"));

        await store.StoreAsync("live/2.ts", TestObjects.Bytes("2"), TestObjects.Segment);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Bucket, "headers")));
        store.Dispose();
        using var next = Open();
        using var found = next.TryOpen("live/2.ts")!;
        Assert.Equal(TestObjects.Segment, found.Headers);
    }

    [Fact]
    public async Task An_open_version_stays_whole_when_the_key_is_overwritten_or_deleted()
    {
        using var store = Open();
        await store.StoreAsync("live/1.ts", TestObjects.Bytes("first"));
        using var found = store.TryOpen("live/1.ts")!;
        await store.StoreAsync("live/1.ts", TestObjects.Bytes("second, and longer"));
        await store.RemoveAsync("live/1.ts");
        Assert.Equal(TestObjects.Bytes("first"), await found.ReadAllAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Folders_that_a_delete_empties_go_and_others_stay()
    {
        using var store = Open();
        await store.StoreAsync("live/a/b/1.ts", TestObjects.Bytes("1"));
        await store.StoreAsync("live/2.ts", TestObjects.Bytes("2"));
        await store.RemoveAsync("live/a/b/1.ts");
        Assert.True(Directory.Exists(Path.Combine(Bucket, "objects/live")));
        Assert.False(Directory.Exists(Path.Combine(Bucket, "objects/live/a")));
        await store.RemoveAsync("live/2.ts", "live");
        Assert.Equal(["headers", "objects", "temp"], Directory.GetDirectories(Bucket).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Bucket, "objects")));
    }

    [Fact]
    public async Task Writers_and_deleters_of_one_folder_do_not_disturb_each_other()
    {
        using var store = Open();
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        for (var round = 0; round < 100; round++)
                        {
                            await store.StoreAsync($"live/shared/{worker}.ts", TestObjects.Bytes($"{round}"));
                            await store.RemoveAsync($"live/shared/{worker}.ts");
                        }
                    })
                )
        );
        Assert.Empty(await store.ListAllAsync(""));
    }

    [Fact]
    public async Task A_key_that_needs_a_folder_where_an_object_is_is_refused_with_its_name()
    {
        using var store = Open();
        await store.StoreAsync("live/a", TestObjects.Bytes("a"));
        foreach (var key in (string[])["live/a/b", "live/a/b/c", "live"])
        {
            var put = await store.PutAsync(
                key,
                TestObjects.Bytes("b"),
                TestObjects.Text,
                PutCondition.None,
                TestContext.Current.CancellationToken
            );
            Assert.Equal(PutStatus.Refused, put.Status);
            Assert.Contains("'live/", put.Fault!.Message, StringComparison.Ordinal);
        }
        Assert.Equal("live/a", Assert.Single(await store.ListAllAsync("")).Key);
        Assert.Equal(GetStatus.Missing, (await store.LookAsync("live")).Status);
        Assert.Equal(GetStatus.Missing, (await store.LookAsync("live/a/b")).Status);
    }

    [Theory]
    [InlineData("../lock")]
    [InlineData("../headers/live/1.ts")]
    [InlineData("live/../../lock")]
    [InlineData("/etc/passwd")]
    [InlineData("live")]
    [InlineData("")]
    [InlineData("live/1.ts/")]
    [InlineData("live//1.ts")]
    public async Task Nothing_but_objects_can_be_opened(string key)
    {
        using var store = Open();
        await store.StoreAsync("live/1.ts", TestObjects.Bytes("1"));
        Assert.Null(store.TryOpen(key));
    }

    [Fact]
    public async Task A_full_disk_is_said_to_be_full_and_heals()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can mount a small disk.");
        await RunAsync("/usr/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _data);
        try
        {
            using var store = Open();
            await store.StoreAsync("live/1.ts", TestObjects.Random(600_000), TestObjects.Segment);
            var body = TestObjects.Random(600_001);
            var cancellation = TestContext.Current.CancellationToken;
            var put = await store.PutAsync("live/2.ts", body, TestObjects.Segment, PutCondition.None, cancellation);
            Assert.Equal((PutStatus.Unknown, StoreFaultKind.Full), (put.Status, put.Fault!.Kind));
            Assert.Contains("--data", put.Fault.Remedy, StringComparison.Ordinal);
            Assert.Equal("live/1.ts", Assert.Single(await store.ListAllAsync("")).Key);

            await store.RemoveAsync("live/1.ts");
            await store.StoreAsync("live/2.ts", body, TestObjects.Segment);
        }
        finally
        {
            await RunAsync("/usr/bin/umount", _data);
        }
    }

    private EmbeddedObjectStore Open() => new(_data, _time);

    private IEnumerable<string?> FilesIn(string folder) =>
        Directory.GetFiles(Path.Combine(Bucket, folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
