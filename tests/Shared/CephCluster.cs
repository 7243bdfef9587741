using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Spillway.Storage;

namespace Spillway.TestSupport;

/// <summary>A bucket that anybody may read.</summary>
/// <param name="PublicUrl">Where viewers see its root: the address without a slash at its end, and the bucket's name.</param>
internal sealed record CephBucket(string Name, string PublicUrl);

/// <summary>
/// A real S3 server: Ceph's gateway from Debian, in a folder and on ports of its own. It takes some 6 s to start, so a test run
/// shares one (<see cref="SharedAsync"/>) and each test makes its own bucket.
/// </summary>
internal sealed class CephCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly Lazy<Task<CephCluster>> Shared = new(StartAsync);

    private readonly Process _supervisor;
    private readonly AmazonS3Client _admin;

    private CephCluster(Process supervisor, Uri endpoint, string accessKeyId, string secretAccessKey)
    {
        _supervisor = supervisor;
        (Endpoint, AccessKeyId, SecretAccessKey) = (endpoint, accessKeyId, secretAccessKey);
        _admin = NewClient();
    }

    public Uri Endpoint { get; }
    public string AccessKeyId { get; }
    public string SecretAccessKey { get; }

    /// <summary>A client with all rights, for looking at what others have stored.</summary>
    public AmazonS3Client NewClient() =>
        new(
            new BasicAWSCredentials(AccessKeyId, SecretAccessKey),
            new AmazonS3Config
            {
                ServiceURL = Endpoint.ToString(),
                AuthenticationRegion = "auto",
                ForcePathStyle = true,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            }
        );

    /// <summary>What tells Spillway of a bucket, by the names of the environment.</summary>
    /// <param name="through">The proxy before the gateway; null: none.</param>
    /// <param name="publicUrl">Where viewers read; null: at the gateway itself.</param>
    public Dictionary<string, string> Settings(CephBucket bucket, Uri? through = null, string? publicUrl = null) =>
        new(StringComparer.Ordinal)
        {
            ["SPILLWAY__STORAGE__ENDPOINT"] = (through ?? Endpoint).ToString(),
            ["SPILLWAY__STORAGE__BUCKET"] = bucket.Name,
            ["SPILLWAY__STORAGE__ACCESSKEYID"] = AccessKeyId,
            ["SPILLWAY__STORAGE__SECRETACCESSKEY"] = SecretAccessKey,
            ["SPILLWAY__STORAGE__PUBLICURL"] = publicUrl ?? bucket.PublicUrl,
        };

    /// <summary>The same as an object, to be changed where a test needs it.</summary>
    public StorageOptions Storage(CephBucket bucket, Uri? through = null, string? publicUrl = null) =>
        new()
        {
            Endpoint = (through ?? Endpoint).ToString(),
            Bucket = bucket.Name,
            AccessKeyId = AccessKeyId,
            SecretAccessKey = SecretAccessKey,
            PublicUrl = publicUrl ?? bucket.PublicUrl,
        };

    /// <summary>The one of this test run; it ends with the process.</summary>
    public static Task<CephCluster> SharedAsync() => Shared.Value;

    /// <exception cref="InvalidOperationException">It is not installed, or does not start; the message says why.</exception>
    public static async Task<CephCluster> StartAsync()
    {
        foreach (var program in (string[])["monmaptool", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin"])
        {
            if (!File.Exists($"/usr/bin/{program}"))
                throw new InvalidOperationException(
                    $"/usr/bin/{program} is missing. Run: apt-get install --no-install-recommends {CephScript.Packages}"
                );
        }
        var folder = Directory.CreateTempSubdirectory("spillway-ceph-").FullName;
        var (monitorPort, gatewayPort) = FreePorts();
        var (accessKeyId, secretAccessKey) = ($"K{Guid.NewGuid():n}"[..20], Guid.NewGuid().ToString("n"));
        var start = new ProcessStartInfo("/bin/bash")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-c",
                CephScript.Text,
                "spillway-ceph",
                folder,
                $"{monitorPort}",
                $"{gatewayPort}",
                accessKeyId,
                secretAccessKey,
            },
        };
        var supervisor = Process.Start(start)!;
        var errors = supervisor.StandardError.ReadToEndAsync();
        try
        {
            var line = await supervisor.StandardOutput.ReadLineAsync().WaitAsync(StartLimit);
            if (line != "READY")
                throw new InvalidOperationException($"Ceph did not start: {await errors.WaitAsync(StartLimit)}");
        }
        catch
        {
            supervisor.StandardInput.Close();
            throw;
        }
        return new CephCluster(supervisor, new Uri($"http://127.0.0.1:{gatewayPort}"), accessKeyId, secretAccessKey);
    }

    /// <summary>Kills the gateway with -9. Not for the shared one, as all below.</summary>
    public Task KillGatewayAsync() => CommandAsync("kill");

    /// <summary>Starts the killed gateway again, on what it had stored.</summary>
    public Task StartGatewayAsync() => CommandAsync("start");

    /// <summary>Revokes the credentials.</summary>
    public Task SuspendUserAsync() => CommandAsync("suspend");

    /// <summary>Gives them back.</summary>
    public Task EnableUserAsync() => CommandAsync("enable");

    /// <summary>Deletes a bucket and all that is in it.</summary>
    public async Task DeleteBucketAsync(string name)
    {
        while (true)
        {
            var page = await _admin.ListObjectsV2Async(new ListObjectsV2Request { BucketName = name });
            if (page.S3Objects is not { Count: > 0 } objects)
                break;
            foreach (var entry in objects)
                await _admin.DeleteObjectAsync(name, entry.Key);
        }
        await _admin.DeleteBucketAsync(name);
    }

    /// <summary>What buckets are given: that of <c>deploy/r2-cors.json</c>, so that whatever the tests do works with it.</summary>
    public static CORSRule Cors { get; } =
        new()
        {
            AllowedOrigins = ["*"],
            AllowedMethods = ["GET", "HEAD"],
            AllowedHeaders = ["Range", "If-None-Match", "If-Modified-Since", "Cache-Control"],
            ExposeHeaders = ["Content-Length", "Content-Range", "Content-Encoding", "ETag", "Date", "Age"],
            MaxAgeSeconds = 86400,
        };

    /// <summary>Makes a bucket with a name of its own, readable by anybody from any page, as behind a public host.</summary>
    public Task<CephBucket> CreateBucketAsync() => CreateBucketAsync($"test-{Guid.NewGuid():n}"[..24]);

    public async Task<CephBucket> CreateBucketAsync(string name)
    {
        await _admin.PutBucketAsync(new PutBucketRequest { BucketName = name });
        // ListBucket, too: without it a key that is not there is a 403, and public hosts say 404.
        var policy = $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],
            "Resource":["arn:aws:s3:::{{name}}","arn:aws:s3:::{{name}}/*"]}]}
            """;
        await _admin.PutBucketPolicyAsync(new PutBucketPolicyRequest { BucketName = name, Policy = policy });
        await _admin.PutCORSConfigurationAsync(
            new PutCORSConfigurationRequest
            {
                BucketName = name,
                Configuration = new CORSConfiguration { Rules = [Cors] },
            }
        );
        return new CephBucket(name, $"{Endpoint.ToString().TrimEnd('/')}/{name}");
    }

    /// <summary>Ends its processes and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _supervisor.StandardInput.Close();
        await _supervisor.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        _supervisor.Dispose();
    }

    private async Task CommandAsync(string command)
    {
        await _supervisor.StandardInput.WriteLineAsync(command);
        await _supervisor.StandardInput.FlushAsync();
        var answer = await _supervisor.StandardOutput.ReadLineAsync().WaitAsync(StartLimit);
        if (answer != "DONE")
            throw new InvalidOperationException($"Ceph's supervisor answered '{answer}' to '{command}'.");
    }

    private static (int First, int Second) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
