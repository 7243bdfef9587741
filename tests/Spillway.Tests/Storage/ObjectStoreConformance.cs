using System.Net;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>Every promise of <see cref="IObjectStore"/>, to be kept by every store.</summary>
public abstract class ObjectStoreConformance : IAsyncLifetime
{
    private StoreUnderTest _tested = null!;

    private IObjectStore Store => _tested.Store;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract Task<StoreUnderTest> OpenAsync();

    /// <summary>What those get who lose a race of conditional PUTs.</summary>
    private protected virtual IReadOnlyCollection<PutStatus> LosersOfARace => [PutStatus.PreconditionFailed];

    public async ValueTask InitializeAsync() => _tested = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (_tested is not null)
            await _tested.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_is_put_is_read_back_with_the_MD5_as_its_ETag()
    {
        var body = TestObjects.Random(300_000);
        var etag = await Store.StoreAsync("live/a/1.ts", body, TestObjects.Segment);
        Assert.Equal(TestObjects.ETagOf(body), etag);

        var found = await Store.FindAsync("live/a/1.ts");
        Assert.Equal(body, found.Body);
        Assert.Equal(etag, found.ETag);
        Assert.InRange(found.LastModified, Store.Now.AddMinutes(-1), Store.Now.AddSeconds(2));
    }

    [Fact]
    public async Task A_viewer_gets_the_body_with_its_headers()
    {
        var body = TestObjects.Random(5_000);
        var etag = await Store.StoreAsync("live/a/1.ts", body, TestObjects.Segment);

        using var answer = await _tested.ViewAsync("live/a/1.ts");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("video/mp2t", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(TestObjects.Segment.CacheControl, One(answer, "Cache-Control"));
        Assert.Equal(etag, One(answer, "ETag"));
        Assert.Equal("*", One(answer, "Access-Control-Allow-Origin"));
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.NotNull(answer.Content.Headers.LastModified);
    }

    [Fact]
    public async Task What_is_not_there_is_missing_to_us_and_to_viewers()
    {
        var get = await Store.LookAsync("live/nothing.ts");
        Assert.Equal((GetStatus.Missing, null), (get.Status, get.Object));
        using var answer = await _tested.ViewAsync("live/nothing.ts");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task An_overwrite_replaces_body_headers_and_ETag()
    {
        var first = await Store.StoreAsync("live/playlist.m3u8", TestObjects.Bytes("first, and longer"));
        var headers = new ObjectHeaders("application/vnd.apple.mpegurl", "max-age=60, s-maxage=60");
        var second = await Store.StoreAsync("live/playlist.m3u8", TestObjects.Bytes("second"), headers);
        Assert.NotEqual(first, second);

        Assert.Equal(TestObjects.Bytes("second"), (await Store.FindAsync("live/playlist.m3u8")).Body);
        using var answer = await _tested.ViewAsync("live/playlist.m3u8");
        Assert.Equal("second", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("application/vnd.apple.mpegurl", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("max-age=60, s-maxage=60", One(answer, "Cache-Control"));
    }

    [Fact]
    public async Task A_PUT_for_a_missing_key_is_refused_when_the_key_is_there()
    {
        await Store.StoreAsync("lease.json", TestObjects.Bytes("mine"), condition: PutCondition.Missing);
        await AssertConditionFailsAsync("lease.json", PutCondition.Missing);
        Assert.Equal(TestObjects.Bytes("mine"), (await Store.FindAsync("lease.json")).Body);

        await Store.RemoveAsync("lease.json");
        await Store.StoreAsync("lease.json", TestObjects.Bytes("again"), condition: PutCondition.Missing);
    }

    [Fact]
    public async Task A_PUT_for_an_ETag_is_refused_when_another_version_is_there_or_none()
    {
        var old = await Store.StoreAsync("lease.json", TestObjects.Bytes("one"));
        var present = await Store.StoreAsync("lease.json", TestObjects.Bytes("two"), condition: PutCondition.Matches(old));
        await AssertConditionFailsAsync("lease.json", PutCondition.Matches(old));
        Assert.Equal(TestObjects.Bytes("two"), (await Store.FindAsync("lease.json")).Body);

        await Store.RemoveAsync("lease.json");
        await AssertConditionFailsAsync("lease.json", PutCondition.Matches(present));
        Assert.Equal(GetStatus.Missing, (await Store.LookAsync("lease.json")).Status);
    }

    [Fact]
    public async Task Of_twenty_who_create_a_key_at_once_exactly_one_succeeds() => await RaceAsync(PutCondition.Missing);

    [Fact]
    public async Task Of_twenty_who_replace_a_version_at_once_exactly_one_succeeds()
    {
        var etag = await Store.StoreAsync("lease.json", TestObjects.Bytes("before"));
        await RaceAsync(PutCondition.Matches(etag));
    }

    [Fact]
    public async Task A_reader_sees_one_whole_version_while_others_are_written()
    {
        static byte[] Version(int number) => [.. Enumerable.Repeat((byte)number, 100_000 + number * 1_000)];
        await Store.StoreAsync("live/playlist.m3u8", Version(0));
        var writing = Task.Run(async () =>
        {
            for (var number = 1; number <= 40; number++)
                await Store.StoreAsync("live/playlist.m3u8", Version(number));
        });
        var last = 0;
        while (!writing.IsCompleted)
        {
            var found = await Store.FindAsync("live/playlist.m3u8");
            var number = found.Body.Span[0];
            Assert.Equal(Version(number), found.Body);
            Assert.Equal(TestObjects.ETagOf(Version(number)), found.ETag);
            Assert.True(number >= last, $"Version {number} came after version {last}.");
            last = number;

            using var answer = await _tested.ViewAsync("live/playlist.m3u8");
            var seen = await answer.Content.ReadAsByteArrayAsync(Cancellation);
            Assert.Equal(Version(seen[0]), seen);
            Assert.Equal(TestObjects.ETagOf(seen), One(answer, "ETag"));
        }
        await writing;
        Assert.Equal(40, (await Store.FindAsync("live/playlist.m3u8")).Body.Span[0]);
    }

    [Fact]
    public async Task A_list_has_every_key_of_the_prefix_in_ordinal_order()
    {
        string[] keys =
        [
            "live/a/2.ts",
            "live/a/10.ts",
            "live/a-b/1.ts",
            "live/ab.m3u8",
            "live/B/1.ts",
            "lively/1.ts",
            "other.json",
        ];
        foreach (var key in keys)
            await Store.StoreAsync(key, TestObjects.Bytes(key));

        Assert.Equal(keys.Order(StringComparer.Ordinal), (await Store.ListAllAsync("")).Select(entry => entry.Key));
        Assert.Equal(["live/B/1.ts", "live/a-b/1.ts", "live/a/10.ts", "live/a/2.ts", "live/ab.m3u8"], await KeysAsync("live/"));
        Assert.Equal(["live/a/10.ts", "live/a/2.ts"], await KeysAsync("live/a/"));
        Assert.Equal(["live/a/10.ts"], await KeysAsync("live/a/1"));
        Assert.Equal(6, (await KeysAsync("live")).Count);
        Assert.Empty(await KeysAsync("nothing/here"));

        foreach (var entry in await Store.ListAllAsync(""))
        {
            Assert.Equal(entry.Key.Length, entry.Size);
            Assert.InRange(entry.LastModified, Store.Now.AddMinutes(-1), Store.Now.AddSeconds(2));
        }
    }

    [Fact]
    public async Task More_than_a_thousand_keys_are_listed_and_deleted()
    {
        var keys = Enumerable.Range(0, 1_003).Select(number => $"live/a/{number:0000}.ts").ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(
            keys,
            parallel,
            async (key, _) => await Store.StoreAsync(key, TestObjects.Bytes(key), TestObjects.Segment)
        );
        await Store.StoreAsync("live/kept.ts", TestObjects.Bytes("kept"));
        Assert.Equal(keys, await KeysAsync("live/a/"));

        await Store.DeleteAsync(keys, Cancellation);
        Assert.Equal(["live/kept.ts"], await KeysAsync(""));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_and_what_was_never_there_is_no_error()
    {
        await Store.StoreAsync("live/a/1.ts", TestObjects.Bytes("1"));
        await Store.StoreAsync("live/a/2.ts", TestObjects.Bytes("2"));
        await Store.RemoveAsync("live/a/1.ts", "live/a/never.ts", "never/at/all.ts");
        await Store.RemoveAsync();

        Assert.Equal(GetStatus.Missing, (await Store.LookAsync("live/a/1.ts")).Status);
        Assert.Equal(["live/a/2.ts"], await KeysAsync(""));
        using var answer = await _tested.ViewAsync("live/a/1.ts");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_of_20_MB_arrives_whole()
    {
        var body = TestObjects.Random(20 * 1024 * 1024);
        await Store.StoreAsync("live/large.ts", body, TestObjects.Segment);
        var found = await Store.FindAsync("live/large.ts");
        Assert.True(found.Body.Span.SequenceEqual(body));
        using var answer = await _tested.ViewAsync("live/large.ts");
        var seen = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.True(seen.AsSpan().SequenceEqual(body));
    }

    [Fact]
    public async Task An_empty_body_is_a_body()
    {
        Assert.Equal(TestObjects.ETagOf([]), await Store.StoreAsync("live/empty.ts", []));
        Assert.Equal(0, (await Store.FindAsync("live/empty.ts")).Body.Length);
        Assert.Equal(0, Assert.Single(await Store.ListAllAsync("")).Size);
        using var answer = await _tested.ViewAsync("live/empty.ts");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_part_of_a_larger_array_can_be_a_body()
    {
        var buffer = TestObjects.Random(1_000);
        await Store.PutAsync("live/1.ts", buffer.AsMemory(100, 50), TestObjects.Segment, PutCondition.None, Cancellation);
        Assert.Equal(buffer.AsSpan(100, 50).ToArray(), (await Store.FindAsync("live/1.ts")).Body);
    }

    [Theory]
    [InlineData("live/with space.ts")]
    [InlineData("live/a+b&c=d;e,f:g@h!i$j.ts")]
    [InlineData("live/100%25.ts")]
    [InlineData("live/what?#.ts")]
    [InlineData("live/(quote'd)*~[x]{y}|z^`.ts")]
    [InlineData("live/\"quoted\" <tag>.ts")]
    [InlineData("live/Zürich–東京.ts")]
    [InlineData("live/😀.ts")]
    [InlineData(".hidden/..name/...")]
    [InlineData("no-extension")]
    public async Task An_odd_key_is_a_key_like_any_other(string key)
    {
        var body = TestObjects.Bytes(key);
        await Store.StoreAsync(key, body);
        Assert.Equal(body, (await Store.FindAsync(key)).Body);
        Assert.Equal([key], await KeysAsync(""));
        using (var answer = await _tested.ViewAsync(key))
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Cancellation));
        await Store.RemoveAsync(key);
        Assert.Empty(await KeysAsync(""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/live/1.ts")]
    [InlineData("live/")]
    [InlineData("live//1.ts")]
    [InlineData("../1.ts")]
    [InlineData("live/../../1.ts")]
    [InlineData("live/./1.ts")]
    [InlineData("live\\1.ts")]
    [InlineData("live/1.ts\n")]
    [InlineData("live/\0.ts")]
    [InlineData("live/\u0085.ts")]
    public async Task A_bad_key_is_a_bug_of_the_caller(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.StoreAsync(key, []));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.LookAsync(key));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.RemoveAsync(key));
    }

    [Fact]
    public async Task A_key_that_is_too_long_or_no_Unicode_is_a_bug_of_the_caller()
    {
        string[] keys = [new string('a', 256), string.Join('/', Enumerable.Repeat("a", 520)), "half\ud83d.ts"];
        foreach (var key in keys)
            await Assert.ThrowsAsync<ArgumentException>(() => Store.StoreAsync(key, []));
    }

    [Fact]
    public async Task A_header_with_a_line_break_is_a_bug_of_the_caller()
    {
        var headers = new ObjectHeaders("text/plain\r\nSet-Cookie: a=b", "no-store");
        await Assert.ThrowsAsync<ArgumentException>(() => Store.StoreAsync("a.txt", [], headers));
    }

    [Fact]
    public async Task What_the_caller_cancels_throws_and_leaves_nothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        var cancelled = source.Token;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.PutAsync("a.txt", TestObjects.Bytes("a"), TestObjects.Text, PutCondition.None, cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.GetAsync("a.txt", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DeleteAsync(["a.txt"], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Store.ListAsync("", cancelled)) { }
        });
        Assert.Empty(await KeysAsync(""));
    }

    [Fact]
    public async Task The_check_finds_nothing_wrong_and_leaves_nothing_behind()
    {
        var fault = Store switch
        {
            EmbeddedObjectStore embedded => await embedded.CheckAsync(Cancellation),
            S3ObjectStore bucket => await bucket.CheckAsync(Cancellation),
            _ => throw new InvalidOperationException(),
        };
        Assert.Null(fault);
        Assert.Empty(await KeysAsync(""));
    }

    [Fact]
    public async Task Its_time_is_that_of_the_machine_it_runs_on()
    {
        await Store.LookAsync("a.txt");
        Assert.InRange(Store.Now, DateTimeOffset.UtcNow.AddSeconds(-2), DateTimeOffset.UtcNow.AddSeconds(2));
    }

    private async Task RaceAsync(PutCondition condition)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racers = Enumerable
            .Range(0, 20)
            .Select(async number =>
            {
                await start.Task;
                var body = TestObjects.Bytes($"racer {number}");
                return await Store.PutAsync("lease.json", body, TestObjects.Text, condition, Cancellation);
            })
            .ToList();
        start.SetResult();
        var results = await Task.WhenAll(racers);

        var winner = Assert.Single(results, result => result.Status == PutStatus.Stored);
        Assert.All(
            results.Where(result => result.Status != PutStatus.Stored),
            result =>
            {
                Assert.Contains(result.Status, LosersOfARace);
                Assert.Null(result.ETag);
            }
        );
        var found = await Store.FindAsync("lease.json");
        Assert.Equal(winner.ETag, found.ETag);
        Assert.Equal(TestObjects.Bytes($"racer {Array.IndexOf(results, winner)}"), found.Body);
    }

    private async Task AssertConditionFailsAsync(string key, PutCondition condition)
    {
        var put = await Store.PutAsync(key, TestObjects.Bytes("never"), TestObjects.Text, condition, Cancellation);
        Assert.Equal((PutStatus.PreconditionFailed, null), (put.Status, put.ETag));
        Assert.Equal(StoreFaultKind.Condition, put.Fault!.Kind);
    }

    private async Task<List<string>> KeysAsync(string prefix) =>
        [.. (await Store.ListAllAsync(prefix)).Select(entry => entry.Key)];

    private static string One(HttpResponseMessage answer, string header) =>
        answer.Headers.NonValidated.TryGetValues(header, out var values)
        || answer.Content.Headers.NonValidated.TryGetValues(header, out values)
            ? values.ToString()
            : "";
}
