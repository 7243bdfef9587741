using Microsoft.Extensions.Time.Testing;
using Spillway.Storage;
using Spillway.Tests.Retention;

namespace Spillway.Tests.Storage;

/// <summary>Operations by stream and class, as a store bills them.</summary>
public sealed class CountingObjectStoreTests
{
    private readonly MemoryStore _memory = new(new FakeTimeProvider());
    private readonly CountingObjectStore _store;

    public CountingObjectStoreTests() => _store = new CountingObjectStore(_memory);

    [Fact]
    public async Task Each_stream_has_its_own_counts()
    {
        await _store.StoreAsync("live/playlist.m3u8", TestObjects.Bytes("x"));
        await _store.StoreAsync("main/playlist.m3u8", TestObjects.Bytes("x"));
        await _store.LookAsync("live/playlist.m3u8");
        await _store.LookAsync("live/none");
        await _store.RemoveAsync("live/playlist.m3u8", "watch/a");
        Assert.Equal(new OperationCount(1, 0, 2, 1, 0), _store.Of("live").Operations);
        Assert.Equal(new OperationCount(1, 0, 0, 0, 0), _store.Of("main").Operations);
        Assert.Equal(new OperationCount(2, 0, 2, 2, 0), _store.Total);
        Assert.Equal((2, 2, 2), (_store.Total.ClassA, _store.Total.ClassB, _store.Total.Free));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    [InlineData(2500, 3)]
    public async Task A_LIST_and_a_DELETE_count_by_the_thousand(int keys, int pages)
    {
        string[] names = [.. Enumerable.Range(0, keys).Select(static i => $"live/{i}")];
        foreach (var name in names)
            _memory.Put(name);
        Assert.Equal(keys, (await _store.ListAllAsync("live/")).Count);
        Assert.Equal(pages, _store.Of("live").Operations.Lists);
        if (keys == 0)
            return;
        await _store.DeleteAsync(names, TestContext.Current.CancellationToken);
        Assert.Equal(pages, _store.Of("live").Operations.Deletes);
        Assert.Empty(_memory.Objects);
    }

    [Fact]
    public async Task Media_is_counted_by_its_broadcast_with_what_failed()
    {
        bool? fault = null;
        _memory.PutFault = _ => fault;
        await PutAsync("live/a/0/1.ts", 10);
        fault = false;
        await PutAsync("live/a/0/2.ts", 20);
        fault = true;
        await PutAsync("live/a/0/2.ts", 20);
        fault = null;
        await PutAsync("live/a/0/2.ts", 20);
        await PutAsync("live/a/0/playlist.m3u8", 5);
        await PutAsync("live/b/0/init-x.mp4", 7);
        Assert.Equal(new UploadCount(4, 2, 30), _store.Of("live").Uploads("a"));
        Assert.Equal(2, _store.Of("live").Uploads("a").Stored);
        Assert.Equal(new UploadCount(1, 0, 7), _store.Of("live").Uploads("b"));
        // What is not known to have happened is billed all the same.
        Assert.Equal(6, _store.Of("live").Operations.Puts);
        _store.Of("live").Forget("a");
        Assert.Equal(default, _store.Of("live").Uploads("a"));
    }

    [Fact]
    public async Task A_PUT_that_is_given_up_counts_as_a_try_and_a_refused_one_is_not_billed()
    {
        _memory.Before = static async (_, _) => await Task.Delay(Timeout.Infinite, new CancellationToken(canceled: true));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PutAsync("live/a/0/1.ts", 1));
        Assert.Equal(new UploadCount(1, 1, 0), _store.Of("live").Uploads("a"));
        Assert.Equal(1, _store.Of("live").Operations.Puts);

        var denied = new FaultyStore(_memory, static () => default) { Rule = static _ => PutFault.Denied };
        var refused = new CountingObjectStore(denied);
        await refused.PutAsync("live/a", new byte[1], TestObjects.Text, default, TestContext.Current.CancellationToken);
        Assert.Equal(new OperationCount(0, 0, 0, 0, 1), refused.Of("live").Operations);
    }

    private Task<PutResult> PutAsync(string key, int length) =>
        _store.PutAsync(key, new byte[length], TestObjects.Text, PutCondition.None, TestContext.Current.CancellationToken);
}
