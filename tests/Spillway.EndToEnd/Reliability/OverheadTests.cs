using System.Diagnostics;
using System.Globalization;
using Spillway.Playlists;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>
/// What listing costs beside the store: from the store's answer for a segment to the sending of the playlist that lists it, seen by a
/// proxy between the two.
/// </summary>
public sealed class OverheadTests(ITestOutputHelper output) : EndToEndTest
{
    /// <summary>Milliseconds.</summary>
    private const double Median = 20;
    private const double P99 = 100;

    [Fact]
    [Trait("Proof", "overhead")]
    [Trait("Speed", "long")]
    public async Task A_segment_is_listed_within_20_ms_of_its_storing()
    {
        var proof = new Proof("overhead", 0, output);
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var source = await CreateSourceAsync();
        source.Start();
        var instance = Own(
            Instance.Create("server", source.Folder, Folder, proof, ceph, bucket, await FaultProxy.StartAsync(ceph.Endpoint))
        );
        var watch = new ListingWatch();
        instance.Proxy!.Answered = watch.See;
        instance.Start();
        await Task.Delay(TimeSpan.FromMinutes(proof.Minutes), TestContext.Current.CancellationToken);

        var (listings, spaced) = watch.Taken();
        Assert.NotEmpty(listings);
        var (median, p99) = (listings[listings.Count / 2], listings[(int)(listings.Count * 0.99)]);
        proof.Summarize(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{listings.Count} listings, from the last answer they waited for to the sending of the playlist: "
                    + $"{median:F1} ms at the median, {p99:F1} ms at p99, {listings[^1]:F1} ms at most; "
                    + $"{spaced} more waited for the second between two writes of a key and do not count"
            )
        );
        Assert.True(median <= Median, $"{median} ms at the median");
        Assert.True(p99 <= P99, $"{p99} ms at p99");
    }

    /// <summary>Of one instance's PUTs.</summary>
    private sealed class ListingWatch
    {
        /// <summary>A playlist that comes so soon after its last version, or sooner, has waited for its turn.</summary>
        private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(1.15);

        private readonly Lock _gate = new();
        private readonly Dictionary<string, long> _stored = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (long Number, long Answered)> _playlists = new(StringComparer.Ordinal);
        private readonly List<double> _listings = [];
        private int _spaced;

        public void See(ProxiedPut put)
        {
            if (put.Status is < 200 or > 299)
                return;
            var now = Stopwatch.GetTimestamp();
            lock (_gate)
            {
                if (put.Body.Length == 0)
                    _stored[put.Target] = now;
                else if (PlaylistParser.Parse(put.Body).Media is { Segments.Count: > 0 } playlist)
                    See(put, playlist, now);
            }
        }

        public (List<double> Listings, int Spaced) Taken()
        {
            lock (_gate)
                return ([.. _listings.Order()], _spaced);
        }

        private void See(ProxiedPut put, MediaPlaylist playlist, long now)
        {
            var folder = put.Target[..(put.Target.LastIndexOf('/') + 1)];
            var last = playlist.MediaSequence + playlist.Segments.Count - 1;
            var known = _playlists.TryGetValue(put.Target, out var before);
            _playlists[put.Target] = (last, now);
            // The first version waits for the start of a broadcast; one without a new segment lists nothing.
            if (!known || last <= before.Number)
                return;
            var awaited = playlist
                .Segments.TakeLast((int)(last - before.Number))
                .Max(segment => _stored.GetValueOrDefault(folder + segment.Uri));
            if (awaited == 0)
                return;
            if (Stopwatch.GetElapsedTime(before.Answered, put.Received) < s_spacing)
                _spaced++;
            else
                _listings.Add(Stopwatch.GetElapsedTime(awaited, put.Received).TotalMilliseconds);
        }
    }
}
