using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Spillway.Storage;

/// <content>The bucket's CORS rules, for <c>spillway check --fix</c>.</content>
internal sealed partial class S3ObjectStore
{
    /// <returns>In order; none where the bucket has no policy.</returns>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<IReadOnlyList<CORSRule>> GetCorsAsync(CancellationToken cancellationToken)
    {
        var request = new GetCORSConfigurationRequest { BucketName = _options.Bucket };
        var answer = await CallAsync(
            async token =>
            {
                try
                {
                    return await _client.GetCORSConfigurationAsync(request, token);
                }
                catch (AmazonS3Exception exception)
                    when (exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket")
                {
                    return new GetCORSConfigurationResponse();
                }
            },
            cancellationToken
        );
        return answer.Configuration?.Rules ?? [];
    }

    /// <summary>In the place of all that there are.</summary>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public Task PutCorsAsync(IReadOnlyList<CORSRule> rules, CancellationToken cancellationToken) =>
        CallAsync(
            token =>
                _client.PutCORSConfigurationAsync(
                    new PutCORSConfigurationRequest
                    {
                        BucketName = _options.Bucket,
                        Configuration = new CORSConfiguration { Rules = [.. rules] },
                    },
                    token
                ),
            cancellationToken
        );
}
