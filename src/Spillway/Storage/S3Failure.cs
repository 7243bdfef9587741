using System.Net;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;

namespace Spillway.Storage;

internal enum S3Verdict
{
    /// <summary>The condition of a PUT was false.</summary>
    Condition,

    /// <summary>The key is not there.</summary>
    Missing,

    /// <summary>No, until somebody changes something.</summary>
    Refused,

    /// <summary>Nobody knows, or not now: trying again may help.</summary>
    Unknown,
}

/// <summary>What an exception of the SDK means, with words for the operator.</summary>
internal readonly record struct S3Failure(S3Verdict Verdict, StoreFault Fault)
{
    private const int MaxWords = 300;

    public static S3Failure Of(Exception exception, StorageOptions options) =>
        exception switch
        {
            AmazonS3Exception { StatusCode: > (HttpStatusCode)0 } answer => OfAnswer(answer, options),
            OperationCanceledException or TimeoutException => Unreachable("did not answer in time", options),
            AmazonUnmarshallingException or XmlException => new(
                S3Verdict.Unknown,
                new StoreFault(
                    StoreFaultKind.Other,
                    $"The answer of {HostOf(options)} was not one of S3: {Words(exception, options)}",
                    "Check that Storage:Endpoint is the S3 API, not a web page or the public address of the bucket."
                )
            ),
            _ => OfConnection(exception, options),
        };

    /// <summary>A PUT that was answered 200 without an ETag: some web server, not a store.</summary>
    public static S3Failure NoETag(StorageOptions options) =>
        new(
            S3Verdict.Unknown,
            new StoreFault(
                StoreFaultKind.Other,
                $"{HostOf(options)} answered without an ETag, as no S3 store does.",
                "Check that Storage:Endpoint is the S3 API, not a web page or the public address of the bucket."
            )
        );

    private static S3Failure OfAnswer(AmazonS3Exception answer, StorageOptions options)
    {
        var status = (int)answer.StatusCode;
        return (status, answer.ErrorCode) switch
        {
            (412, _) => new(S3Verdict.Condition, Say(StoreFaultKind.Condition, answer, options, "Read the object, then decide.")),
            (404, "NoSuchKey") => new(
                S3Verdict.Missing,
                Say(StoreFaultKind.Condition, answer, options, "Read the object, then decide.")
            ),
            (_, "NoSuchBucket") => Refused(
                StoreFaultKind.NoSuchBucket,
                $"Create the bucket '{options.Bucket}', or correct Storage:Bucket."
            ),
            (_, "InvalidBucketName") => Refused(StoreFaultKind.NoSuchBucket, "Correct Storage:Bucket."),
            (_, "InvalidAccessKeyId") => Refused(
                StoreFaultKind.Denied,
                "Check Storage:AccessKeyId: the store does not know it (deleted, or of another account)."
            ),
            (_, "SignatureDoesNotMatch") => Refused(
                StoreFaultKind.Denied,
                "Check Storage:SecretAccessKey: it does not belong to Storage:AccessKeyId."
            ),
            (_, "RequestTimeTooSkewed" or "RequestExpired") => Refused(
                StoreFaultKind.Denied,
                "Set this machine's clock (it must be within 15 minutes of the store's), for instance with NTP."
            ),
            (_, "QuotaExceeded" or "XMinioStorageFull") or (507, _) => Refused(
                StoreFaultKind.Full,
                $"Make room in the bucket '{options.Bucket}', or raise its quota."
            ),
            (429, _) or (_, "SlowDown" or "TooManyRequests" or "RequestLimitExceeded" or "Throttling") => new(
                S3Verdict.Unknown,
                Say(StoreFaultKind.Throttled, answer, options, "Write less often; R2 takes one write a second to one key.")
            ),
            // A body that was cut or changed on its way, a slow one, and two conditional writes at once: all pass.
            (_, "BadDigest" or "IncompleteBody" or "RequestTimeout" or "ConditionalRequestConflict" or "OperationAborted")
            or (408, _) => new(
                S3Verdict.Unknown,
                Say(StoreFaultKind.Unreachable, answer, options, "Try again; if it stays, check the network to Storage:Endpoint.")
            ),
            (401 or 403, _) => Refused(
                StoreFaultKind.Denied,
                $"Give the key Storage:AccessKeyId leave to read, write, list and delete objects in '{options.Bucket}' "
                    + "(R2: an API token with 'Object Read & Write'), and check Storage:SecretAccessKey."
            ),
            (501, _) => Refused(StoreFaultKind.Other, "The store lacks something that is needed; check Storage:Endpoint."),
            (>= 300 and < 400, _) => Refused(StoreFaultKind.Other, "Correct Storage:Region or Storage:Endpoint."),
            (>= 500, _) => new(
                S3Verdict.Unknown,
                Say(StoreFaultKind.Unreachable, answer, options, "Try again; if it stays, look at the store's status page.")
            ),
            _ => Refused(StoreFaultKind.Other, "Check Storage:Endpoint and Storage:Bucket."),
        };

        S3Failure Refused(StoreFaultKind kind, string remedy) => new(S3Verdict.Refused, Say(kind, answer, options, remedy));
    }

    private static S3Failure OfConnection(Exception exception, StorageOptions options)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is TimeoutException)
                return Unreachable("did not answer in time", options);
            if (inner is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
                return Unreachable("has no address (DNS)", options);
            if (inner is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } tls)
                return Unreachable($"could not be trusted (TLS): {Words(tls.InnerException ?? tls, options)}", options);
        }
        var root = exception.GetBaseException();
        return Unreachable($"could not be reached, or cut the connection: {Words(root, options)}", options);
    }

    private static S3Failure Unreachable(string what, StorageOptions options) =>
        new(
            S3Verdict.Unknown,
            new StoreFault(
                StoreFaultKind.Unreachable,
                $"The store at {HostOf(options)} {what.TrimEnd('.')}.",
                "Check the network and Storage:Endpoint."
            )
        );

    private static StoreFault Say(StoreFaultKind kind, AmazonS3Exception answer, StorageOptions options, string remedy)
    {
        var code = string.IsNullOrEmpty(answer.ErrorCode) ? "" : $" {answer.ErrorCode}";
        var words = Words(answer, options);
        // Ceph sends a code and no words.
        var end = words.Length == 0 ? "." : $": {words}";
        return new StoreFault(kind, $"The store answered {(int)answer.StatusCode}{code}{end}", remedy);
    }

    /// <summary>One line of bounded length, surely without the key: some stores repeat what they were sent.</summary>
    private static string Words(Exception exception, StorageOptions options)
    {
        var words = string.Join(' ', exception.Message.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        foreach (var secret in (ReadOnlySpan<string>)[options.SecretAccessKey, options.AccessKeyId])
        {
            if (secret.Length > 0)
                words = words.Replace(secret, "***", StringComparison.Ordinal);
        }
        return words.Length <= MaxWords ? words : string.Concat(words.AsSpan(0, MaxWords), "…");
    }

    private static string HostOf(StorageOptions options) =>
        Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) ? endpoint.Authority : options.Endpoint;
}
