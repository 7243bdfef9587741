using System.Net;
using System.Net.Sockets;
using Spillway.Storage;
using Spillway.TestSupport;

namespace Spillway.Tests.Storage;

/// <summary>What only a store behind a network can do wrong.</summary>
public sealed class S3ObjectStoreTests : IAsyncLifetime
{
    private StorageOptions _options = null!;
    private FaultProxy _proxy = null!;
    private S3ObjectStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_options, _) = await CephBucketStore.CreateAsync();
        _proxy = await FaultProxy.StartAsync(new Uri(_options.Endpoint));
        _options.Endpoint = _proxy.Address.ToString();
        _store = new S3ObjectStore(_options, TimeProvider.System, ceiling: TimeSpan.FromSeconds(10));
    }

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Keys_are_relative_to_the_prefix()
    {
        await _store.StoreAsync("live/1.ts", TestObjects.Bytes("1"));
        _options.Prefix = "";
        using var whole = new S3ObjectStore(_options, TimeProvider.System);
        Assert.Equal("events/summer party/live/1.ts", Assert.Single(await whole.ListAllAsync("")).Key);

        // Another's objects beside the prefix are not ours, nor are folder marks below it.
        await whole.StoreAsync("events/summer party 2/live/2.ts", TestObjects.Bytes("2"));
        Assert.Equal("live/1.ts", Assert.Single(await _store.ListAllAsync("")).Key);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_and_never_told()
    {
        _options.SecretAccessKey = "wrong-secret-wrong-secret";
        using var store = new S3ObjectStore(_options, TimeProvider.System);
        await AssertRefusedAsync(store, StoreFaultKind.Denied, "Storage:SecretAccessKey");
    }

    [Fact]
    public async Task An_unknown_access_key_is_refused()
    {
        _options.AccessKeyId = "NOBODY";
        using var store = new S3ObjectStore(_options, TimeProvider.System);
        await AssertRefusedAsync(store, StoreFaultKind.Denied, "Storage:AccessKeyId");
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_refused()
    {
        _options.Bucket = "no-such-bucket-here";
        using var store = new S3ObjectStore(_options, TimeProvider.System);
        await AssertRefusedAsync(store, StoreFaultKind.NoSuchBucket, "Storage:Bucket");
    }

    [Fact]
    public async Task A_bucket_of_somebody_else_is_refused()
    {
        _proxy.Plan(new ProxyFault.Answer(403, "AccessDenied"), times: 100);
        await AssertRefusedAsync(_store, StoreFaultKind.Denied, "Object Read & Write");
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_named()
    {
        _proxy.Plan(new ProxyFault.Answer(403, "RequestTimeTooSkewed"), times: 100);
        await AssertRefusedAsync(_store, StoreFaultKind.Denied, "clock");
    }

    [Fact]
    public async Task Where_nobody_listens_the_outcome_is_unknown()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _options.Endpoint = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        listener.Stop();
        using var store = new S3ObjectStore(_options, TimeProvider.System);
        await AssertUnknownAsync(store, StoreFaultKind.Unreachable, "Storage:Endpoint");
    }

    [Fact]
    public async Task A_store_that_hangs_costs_the_ceiling_when_the_caller_sets_no_limit()
    {
        _proxy.Plan(new ProxyFault.Stall(), times: 100);
        using var store = new S3ObjectStore(_options, TimeProvider.System, ceiling: TimeSpan.FromMilliseconds(300));
        var fault = await AssertUnknownAsync(store, StoreFaultKind.Unreachable, "Storage:Endpoint");
        Assert.Contains("in time", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_hangs_is_left_when_the_caller_cancels()
    {
        _proxy.Plan(new ProxyFault.Stall(), times: 100);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _store.PutAsync("a.txt", TestObjects.Bytes("a"), TestObjects.Text, PutCondition.None, source.Token)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.GetAsync("a.txt", source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.DeleteAsync(["a.txt"], source.Token));
    }

    [Theory]
    [InlineData(500, "InternalError", StoreFaultKind.Unreachable)]
    [InlineData(502, "", StoreFaultKind.Unreachable)]
    [InlineData(503, "SlowDown", StoreFaultKind.Throttled)]
    [InlineData(503, "ServiceUnavailable", StoreFaultKind.Unreachable)]
    [InlineData(429, "TooManyRequests", StoreFaultKind.Throttled)]
    [InlineData(409, "ConditionalRequestConflict", StoreFaultKind.Unreachable)]
    [InlineData(400, "BadDigest", StoreFaultKind.Unreachable)]
    public async Task What_may_pass_is_unknown(int status, string code, object kind)
    {
        _proxy.Plan(new ProxyFault.Answer(status, code), times: 100);
        var fault = await AssertUnknownAsync(_store, (StoreFaultKind)kind, "");
        Assert.Contains($"{status}", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(501, "NotImplemented", StoreFaultKind.Other)]
    [InlineData(400, "InvalidArgument", StoreFaultKind.Other)]
    [InlineData(301, "PermanentRedirect", StoreFaultKind.Other)]
    [InlineData(404, "", StoreFaultKind.Other)]
    [InlineData(507, "XMinioStorageFull", StoreFaultKind.Full)]
    [InlineData(403, "QuotaExceeded", StoreFaultKind.Full)]
    public async Task What_stays_is_refused(int status, string code, object kind)
    {
        _proxy.Plan(new ProxyFault.Answer(status, code), times: 100);
        await AssertRefusedAsync(_store, (StoreFaultKind)kind, "");
    }

    [Fact]
    public async Task A_PUT_is_one_request_whatever_happens()
    {
        ProxyFault[] faults =
        [
            new ProxyFault.Answer(500, "InternalError"),
            new ProxyFault.Answer(503, "SlowDown"),
            new ProxyFault.Reset(),
            new ProxyFault.LoseAnswer(),
        ];
        foreach (var fault in faults)
        {
            var before = _proxy.Requests.Count;
            _proxy.Plan(fault);
            var put = await PutAsync(_store);
            Assert.Equal(PutStatus.Unknown, put.Status);
            Assert.Equal(before + 1, _proxy.Requests.Count);
        }
        Assert.Equal(PutStatus.Stored, (await PutAsync(_store)).Status);
    }

    [Fact]
    public async Task A_lost_answer_is_unknown_though_it_is_stored_and_a_second_try_meets_its_own_first()
    {
        _proxy.Plan(new ProxyFault.LoseAnswer());
        var first = await PutAsync(_store, PutCondition.Missing);
        Assert.Equal((PutStatus.Unknown, StoreFaultKind.Unreachable), (first.Status, first.Fault!.Kind));
        var second = await PutAsync(_store, PutCondition.Missing);
        Assert.Equal(PutStatus.PreconditionFailed, second.Status);
        Assert.Equal(TestObjects.Bytes("a"), (await _store.FindAsync("a.txt")).Body);
    }

    [Fact]
    public async Task A_body_that_is_cut_on_the_way_back_is_not_taken_for_whole()
    {
        await _store.StoreAsync("live/1.ts", TestObjects.Random(500_000), TestObjects.Segment);
        _proxy.Plan(new ProxyFault.CutAnswer(200_000));
        var get = await _store.LookAsync("live/1.ts");
        Assert.Equal((GetStatus.Unknown, StoreFaultKind.Unreachable), (get.Status, get.Fault!.Kind));
        Assert.Equal(500_000, (await _store.FindAsync("live/1.ts")).Body.Length);
    }

    [Fact]
    public async Task A_list_that_is_cut_is_not_taken_for_whole()
    {
        await _store.StoreAsync("live/1.ts", TestObjects.Bytes("1"));
        _proxy.Plan(new ProxyFault.CutAnswer(100));
        await Assert.ThrowsAsync<ObjectStoreException>(() => _store.ListAllAsync(""));
    }

    [Fact]
    public async Task A_thousand_keys_are_deleted_by_one_request()
    {
        var keys = Enumerable.Range(0, 1_001).Select(number => $"live/{number}.ts").ToList();
        await _store.DeleteAsync(keys, Cancellation);
        Assert.Equal(["POST", "POST"], _proxy.Requests.Select(request => request.Method));
        await _store.DeleteAsync([], Cancellation);
        Assert.Equal(2, _proxy.Requests.Count);
    }

    [Fact]
    public async Task A_web_server_that_is_no_store_is_recognised()
    {
        await using var host = await EmbeddedHost.StartAsync();
        _options.Endpoint = host.Url;
        using var store = new S3ObjectStore(_options, TimeProvider.System);
        var fault = await store.CheckAsync(Cancellation);
        Assert.Contains("Storage:Endpoint", fault!.Remedy, StringComparison.Ordinal);

        _proxy.Plan(new ProxyFault.Answer(200, "Hello"), times: 100);
        var put = await PutAsync(_store);
        Assert.Equal(PutStatus.Unknown, put.Status);
        Assert.Contains("ETag", put.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(GetStatus.Unknown, (await _store.LookAsync("a.txt")).Status);
    }

    [Fact]
    public async Task A_store_that_ignores_conditions_is_reported_unless_there_is_one_writer()
    {
        _proxy.IgnoreConditions = true;
        var fault = await _store.CheckAsync(Cancellation);
        Assert.Contains("If-None-Match", fault!.Message, StringComparison.Ordinal);
        Assert.Contains("Storage:SingleWriter", fault.Remedy, StringComparison.Ordinal);

        _options.SingleWriter = true;
        Assert.Null(await _store.CheckAsync(Cancellation));
        Assert.Empty(await _store.ListAllAsync(""));
    }

    [Fact]
    public async Task The_check_keeps_to_one_write_a_second_and_to_what_R2_has()
    {
        (_proxy.OneWriteASecondAKey, _proxy.StrictAsR2) = (true, true);
        Assert.Null(await _store.CheckAsync(Cancellation));
        Assert.Equal(PutStatus.Stored, (await PutAsync(_store)).Status);
        var soon = await PutAsync(_store);
        Assert.Equal((PutStatus.Unknown, StoreFaultKind.Throttled), (soon.Status, soon.Fault!.Kind));
    }

    [Fact]
    public async Task The_check_reports_what_is_wrong()
    {
        _options.Bucket = "no-such-bucket-here";
        using var store = new S3ObjectStore(_options, TimeProvider.System);
        Assert.Equal(StoreFaultKind.NoSuchBucket, (await store.CheckAsync(Cancellation))!.Kind);
    }

    [Fact]
    public async Task The_check_reports_that_nothing_may_be_deleted()
    {
        _proxy.Plan(new ProxyFault.Answer(403, "AccessDenied"), times: 10, request => request.Method == "POST");
        Assert.Equal(StoreFaultKind.Denied, (await _store.CheckAsync(Cancellation))!.Kind);
    }

    [Theory]
    [InlineData("account.r2.cloudflarestorage.com", "", "Storage:Endpoint")]
    [InlineData("ftp://127.0.0.1", "", "Storage:Endpoint")]
    [InlineData("http://127.0.0.1", "a/../b", "Storage:Prefix")]
    public void Settings_that_cannot_work_are_named(string endpoint, string prefix, string setting)
    {
        var options = new StorageOptions { Endpoint = endpoint, Prefix = prefix };
        var exception = Assert.Throws<ArgumentException>(() => new S3ObjectStore(options, TimeProvider.System));
        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
    }

    private static Task<PutResult> PutAsync(IObjectStore store, PutCondition condition = default) =>
        store.PutAsync("a.txt", TestObjects.Bytes("a"), TestObjects.Text, condition, Cancellation);

    private async Task AssertRefusedAsync(S3ObjectStore store, StoreFaultKind kind, string remedy)
    {
        var put = await PutAsync(store);
        Assert.Equal((PutStatus.Refused, kind), (put.Status, put.Fault!.Kind));
        var get = await store.LookAsync("a.txt");
        Assert.Equal((GetStatus.Refused, kind), (get.Status, get.Fault!.Kind));
        await AssertFaultsAsync(store, kind, remedy, put.Fault, get.Fault);
    }

    private async Task<StoreFault> AssertUnknownAsync(S3ObjectStore store, StoreFaultKind kind, string remedy)
    {
        var put = await PutAsync(store);
        Assert.Equal((PutStatus.Unknown, kind), (put.Status, put.Fault!.Kind));
        var get = await store.LookAsync("a.txt");
        Assert.Equal((GetStatus.Unknown, kind), (get.Status, get.Fault!.Kind));
        await AssertFaultsAsync(store, kind, remedy, put.Fault, get.Fault);
        return put.Fault;
    }

    private async Task AssertFaultsAsync(S3ObjectStore store, StoreFaultKind kind, string remedy, params StoreFault[] faults)
    {
        var list = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ListAllAsync(""));
        var delete = await Assert.ThrowsAsync<ObjectStoreException>(() => store.RemoveAsync("a.txt"));
        Assert.All(
            [.. faults, list.Fault, delete.Fault],
            fault =>
            {
                Assert.Equal(kind, fault.Kind);
                Assert.Contains(remedy, fault.Remedy, StringComparison.Ordinal);
                Assert.DoesNotContain(_options.SecretAccessKey, fault.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain('\n', fault.Message);
            }
        );
    }
}
