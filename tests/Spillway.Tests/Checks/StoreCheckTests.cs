using System.Net;
using System.Net.Sockets;
using Amazon.S3.Model;
using Spillway.Checks;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.TestSupport;

namespace Spillway.Tests.Checks;

/// <summary>A real bucket, and everything that can be wrong with it.</summary>
public sealed class StoreCheckTests : IAsyncLifetime
{
    private const string Group = "store";

    private StorageOptions _options = null!;
    private CephBucket _bucket = null!;
    private FaultProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        (_options, _bucket) = await CephBucketStore.CreateAsync();
        _proxy = await FaultProxy.StartAsync(new Uri(_options.Endpoint));
        _proxy.StrictAsR2 = true;
        _options.Endpoint = _proxy.Address.ToString();
    }

    public async ValueTask DisposeAsync() => await _proxy.DisposeAsync();

    [Fact]
    public async Task A_store_that_works_has_no_fault_and_is_left_as_it_was_by_one_object()
    {
        var found = await RunAsync();
        Assert.Empty(found.Trouble(Group));
        found.AssertSaid(StoreFindings.Works, "written, read back, listed and deleted");
        found.AssertSaid(MachineFindings.Clock, "agree");
        Assert.Single(
            _proxy.Requests.Where(static request => request.Method == "PUT").Select(static one => one.Target).Distinct()
        );
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_store_without_conditions_is_enough_for_a_single_writer()
    {
        _proxy.IgnoreConditions = true;
        _options.SingleWriter = true;
        var found = await RunAsync();
        Assert.Empty(found.Trouble(Group));
        Assert.True(found.Has(SettingsFindings.SingleWriter));
    }

    [Fact]
    public async Task A_wrong_secret_is_found()
    {
        _options.SecretAccessKey = "wrong-secret-wrong-secret";
        var found = await RunAsync();
        found.AssertOnly(StoreFindings.Denied, Group, "SignatureDoesNotMatch", "Storage:SecretAccessKey");
        Assert.True(found.Has(EdgeFindings.NotTried));
        Assert.DoesNotContain("wrong-secret", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_is_found()
    {
        _options.AccessKeyId = "NOBODY";
        (await RunAsync()).AssertOnly(StoreFindings.Denied, Group, "InvalidAccessKeyId", "Storage:AccessKeyId");
    }

    [Fact]
    public async Task A_wrong_bucket_is_found()
    {
        _options.Bucket = "no-such-bucket-here";
        (await RunAsync()).AssertOnly(StoreFindings.NoBucket, Group, "NoSuchBucket", "Create the bucket 'no-such-bucket-here'");
    }

    [Fact]
    public async Task A_dead_endpoint_is_found()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _options.Endpoint = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        }
        var found = await RunAsync();
        found.AssertOnly(StoreFindings.Unreachable, Group, "could not be reached", "Storage:Endpoint");
        Assert.False(found.Has(MachineFindings.Clock));
    }

    [Fact]
    public async Task A_store_that_never_answers_is_found()
    {
        _proxy.Rule = static _ => new ProxyFault.Stall();
        var found = await RunAsync(new CheckLimits { Answer = TimeSpan.FromSeconds(0.5), BetweenWrites = TimeSpan.Zero });
        found.AssertOnly(StoreFindings.Unreachable, Group, "did not answer in time", "Storage:Endpoint");
    }

    [Fact]
    public async Task A_full_store_is_found()
    {
        _proxy.Rule = static request => request.Method == "PUT" ? new ProxyFault.Answer(403, "QuotaExceeded") : null;
        (await RunAsync()).AssertOnly(StoreFindings.Full, Group, "QuotaExceeded", "quota");
    }

    [Fact]
    public async Task A_store_that_lacks_something_is_found()
    {
        _proxy.Rule = static request => request.Method == "PUT" ? new ProxyFault.Answer(501, "NotImplemented") : null;
        (await RunAsync()).AssertOnly(StoreFindings.Fault, Group, "501 NotImplemented", "Storage:Endpoint");
    }

    [Fact]
    public async Task A_store_without_conditional_PUT_is_found()
    {
        _proxy.IgnoreConditions = true;
        var found = await RunAsync();
        Assert.Equal([StoreFindings.NoIfMatch.Id, StoreFindings.NoIfNoneMatch.Id], found.Trouble(Group));
        found.AssertSaid(StoreFindings.NoIfNoneMatch, "answered as stored", "Storage.SingleWriter");
        found.AssertSaid(StoreFindings.NoIfMatch, "answered as stored", "Storage.SingleWriter");
        Assert.Empty(await KeysAsync());
    }

    [Theory]
    [InlineData(2, "If-None-Match")]
    [InlineData(5, "If-Match")]
    public async Task A_store_that_refuses_a_condition_that_is_true_is_found(int put, string header)
    {
        var puts = 0;
        _proxy.Rule = request =>
            request.Method == "PUT" && ++puts == put ? new ProxyFault.Answer(412, "PreconditionFailed") : null;
        (await RunAsync()).AssertOnly(StoreFindings.TrueCondition, Group, header, "Storage.SingleWriter");
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_cache_where_the_store_should_be_is_found()
    {
        _proxy.Rule = static request =>
            request.Method == "GET" && request.Target.Contains(ProbeObject.Family, StringComparison.Ordinal)
                ? new ProxyFault.Answer(404, "NoSuchKey")
                : null;
        (await RunAsync()).AssertOnly(StoreFindings.OtherBytes, Group, "was not there", "not a cache");
    }

    [Fact]
    public async Task A_key_that_may_not_list_is_found()
    {
        _proxy.Rule = static request =>
            request.Target.Contains("list-type=2", StringComparison.Ordinal) ? new ProxyFault.Answer(403, "AccessDenied") : null;
        (await RunAsync()).AssertOnly(StoreFindings.NoList, Group, "AccessDenied", "s3:ListBucket");
    }

    [Fact]
    public async Task A_key_that_may_not_delete_is_found_and_the_probe_that_stays_is_named()
    {
        _proxy.Rule = static request => request.Method == "POST" ? new ProxyFault.Answer(403, "AccessDenied") : null;
        (await RunAsync()).AssertOnly(
            StoreFindings.NoDelete,
            Group,
            Path.GetFileName(Assert.Single(await KeysAsync())),
            "delete"
        );
    }

    [Fact]
    public async Task What_a_killed_run_left_is_deleted_after_an_hour_and_not_sooner()
    {
        using var store = new S3ObjectStore(_options, TimeProvider.System);
        await store.StoreAsync($"{ProbeObject.Family}left.m3u8", TestObjects.Bytes("left"));
        await RunAsync();
        Assert.EndsWith("left.m3u8", Assert.Single(await KeysAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, "machine.clock-drift", "10 s ahead of")]
    [InlineData(-300, "machine.clock-off", "300 s behind")]
    [InlineData(1200, "machine.clock-refused", "1200 s ahead of")]
    public async Task A_clock_that_is_wrong_is_found(int seconds, string id, string seen)
    {
        var found = await Checked.RunAsync(Checked.Options(_options), time: new ShiftedTime(TimeSpan.FromSeconds(seconds)));
        // A second of rounding: the store's Date has no parts of one.
        var kind = FindingCatalog.All.Single(kind => kind.Id == id);
        Assert.Equal(
            [kind.Id],
            found
                .Findings.Select(static one => one.Kind.Id)
                .Where(static id => id.StartsWith("machine.clock", StringComparison.Ordinal))
        );
        var (said, expected) = (found.AssertSaid(kind, "clock", "NTP").Seen, seen.Split(' ', 2));
        Assert.Contains(expected[1], said, StringComparison.Ordinal);
        var shown = int.Parse(said.Split(" is ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(
            shown,
            int.Parse(expected[0], System.Globalization.CultureInfo.InvariantCulture) - 2,
            Math.Abs(seconds) + 2
        );
    }

    private Task<Checked> RunAsync(CheckLimits? limits = null) => Checked.RunAsync(Checked.Options(_options), limits: limits);

    private async Task<IReadOnlyList<string>> KeysAsync()
    {
        using var client = (await CephCluster.SharedAsync()).NewClient();
        var page = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket.Name });
        return [.. (page.S3Objects ?? []).Select(static entry => entry.Key)];
    }

    private sealed class ShiftedTime(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
