using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Spillway.Watch.Checking;

/// <summary>Rules of the segments behind the playlist, by their answers: B13, D1, D11, F4 to F6, X1.</summary>
internal sealed partial class SegmentRules(Action<Finding> report)
{
    /// <summary>Hours of segments, some MB.</summary>
    private const int MostHashes = 20_000;

    private readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldest = [];

    /// <param name="fetch">The answer.</param>
    /// <param name="isListed">An answer for the playlist requested after this one was received still lists it.</param>
    public void Listed(SegmentFetch fetch, bool isListed)
    {
        if (fetch.Status != 200)
        {
            if (isListed)
                report(
                    new(
                        "D1",
                        Severity.Error,
                        fetch.Url,
                        $"number {fetch.Number} is listed, status {fetch.Status} at {fetch.RequestedAt}{HttpRules.Why(fetch.Problem)}"
                    )
                );
            return;
        }

        HttpRules.Segment(fetch, report);
        if (fetch.Body is not { } body)
            return;
        if (body.Length == 0)
            report(new("D1", Severity.Error, fetch.Url, $"number {fetch.Number} is empty"));
        var length = fetch
            .Headers?.FirstOrDefault(x => string.Equals(x.Key, "Content-Length", StringComparison.OrdinalIgnoreCase))
            .Value;
        if (length is not null && length != body.Length.ToString(CultureInfo.InvariantCulture))
            report(new("D1", Severity.Error, fetch.Url, $"number {fetch.Number}: {body.Length} bytes came of {length}"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        if (_hashes.TryGetValue(fetch.Url, out var before) && before != hash)
            report(new("D11", Severity.Error, fetch.Url, $"its content changed at {fetch.ReceivedAt}"));
        if (_hashes.TryAdd(fetch.Url, hash))
            _oldest.Enqueue(fetch.Url);
        if (_oldest.Count > MostHashes)
            _hashes.Remove(_oldest.Dequeue());
        var name = HashInName().Match(fetch.Url);
        if (name.Success && name.Groups["hash"].Value != hash[..32])
            report(new("X1", Severity.Error, fetch.Url, $"the SHA-256 of its bytes begins with {hash[..32]}"));
    }

    /// <summary>A removed segment, asked for again.</summary>
    public void Removed(SegmentFetch fetch, Listing listing)
    {
        if (fetch.Status is not (200 or 206) && fetch.ReceivedAt < listing.LoadableUntil)
            report(
                new(
                    "B13",
                    Severity.Error,
                    fetch.Url,
                    $"number {fetch.Number} must be loadable until {listing.LoadableUntil}: status {fetch.Status} at {fetch.ReceivedAt}"
                )
            );
    }

    [GeneratedRegex(@"-(?<hash>[0-9a-f]{32})\.[a-z0-9]+(?:\?|$)", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex HashInName();
}
