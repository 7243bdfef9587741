using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Amazon.S3.Model;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>
/// The whole bucket at the end of a proof: each segment's bytes must be what its name promises. A segment that anybody overwrote with
/// something else shows here, whether or not a viewer met it.
/// </summary>
/// <param name="Segments">Read and hashed.</param>
/// <param name="Wrong">Other bytes than their names promise.</param>
/// <param name="NumbersTwice">
/// Numbers with two objects: a writer that died between storing and listing leaves one that nothing names. Viewers never see
/// it; a number <em>listed</em> for two would be a broken rule.
/// </param>
internal sealed partial record BucketAudit(int Segments, IReadOnlyList<string> Wrong, IReadOnlyList<string> NumbersTwice)
{
    public string Figures => $"{Segments} objects hashed, {Wrong.Count} overwritten, {NumbersTwice.Count} numbers stored twice";

    public static async Task<BucketAudit> ReadAsync(CephCluster ceph, CephBucket bucket)
    {
        using var s3 = ceph.NewClient();
        var keys = new List<string>();
        var page = new ListObjectsV2Request { BucketName = bucket.Name };
        ListObjectsV2Response listed;
        do
        {
            listed = await s3.ListObjectsV2Async(page);
            keys.AddRange(listed.S3Objects.Select(static listing => listing.Key));
            page.ContinuationToken = listed.NextContinuationToken;
        } while (listed.IsTruncated == true);

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var segments = keys.Select(static key => Segment().Match(key)).Where(static match => match.Success).ToList();
        var wrong = new List<string>();
        foreach (var match in segments)
        {
            var body = await http.GetByteArrayAsync($"{bucket.PublicUrl}/{match.Value}");
            if (Convert.ToHexStringLower(SHA256.HashData(body))[..32] != match.Groups["hash"].Value)
                wrong.Add(match.Value);
        }
        var twice = segments
            .GroupBy(static match => match.Groups["number"].Value, StringComparer.Ordinal)
            .Where(static number => number.Count() > 1)
            .Select(static number => number.Key);
        return new BucketAudit(segments.Count, wrong, [.. twice]);
    }

    [GeneratedRegex("^(?<number>.+/(?:[0-9]+|init))-(?<hash>[0-9a-f]{32})\\.[a-z0-9]+$")]
    private static partial Regex Segment();
}
