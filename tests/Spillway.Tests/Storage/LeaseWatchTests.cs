using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>When a waiting instance may take the lease: arithmetic on its own monotonic clock.</summary>
public sealed class LeaseWatchTests
{
    private static readonly SourceSight s_live = new(false, TimeSpan.FromHours(1), TimeSpan.Zero);
    private static readonly SourceSight s_away = new(true, null, TimeSpan.FromHours(1));
    private readonly LeaseWatch _watch = new();

    [Fact]
    public void Nothing_is_taken_before_a_look()
    {
        Assert.Null(MayTake(100));
    }

    [Fact]
    public void A_lease_that_is_not_there_is_taken_at_once()
    {
        _watch.See(null, null, Seconds(5), Seconds(5));
        Assert.Contains("nobody", MayTake(5), StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_counts_from_the_first_look_at_the_present_version()
    {
        // It may be as old as it likes: this instance has just come.
        Look("1", at: 1000);
        Assert.Null(Look("1", at: 1005.9));
        Assert.Contains("6.1 s", Look("1", at: 1006.1), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_change_begins_it_anew()
    {
        Look("1", at: 0);
        Look("2", at: 5);
        Assert.Null(Look("2", at: 10.9));
        Assert.NotNull(Look("2", at: 11.1));
    }

    [Fact]
    public void A_new_version_of_the_playlist_counts_as_a_renewal()
    {
        Look("1", at: 0, playlist: "a");
        Look("1", at: 4, playlist: "b");
        Assert.Null(Look("1", at: 9.9, playlist: "b"));
        Assert.Null(Look("1", at: 12, playlist: "c"));
        Assert.NotNull(Look("1", at: 18.1, playlist: "c"));
    }

    [Fact]
    public void A_playlist_that_is_deleted_is_a_change_too()
    {
        Look("1", at: 0, playlist: "a");
        Assert.Null(Look("1", at: 7, playlist: null));
    }

    [Fact]
    public void After_an_outage_the_writer_has_a_moment_to_renew()
    {
        Look("1", at: 0);
        for (var at = 1; at < 20; at++)
            _watch.Miss(Seconds(at));
        Assert.Null(Look("1", at: 20));
        Assert.Null(Look("1", at: 21.9));
        Assert.NotNull(Look("1", at: 22.1));
    }

    [Fact]
    public void One_look_that_fails_is_no_outage()
    {
        Look("1", at: 0);
        _watch.Miss(Seconds(5.5));
        Assert.NotNull(Look("1", at: 6.5));
    }

    [Fact]
    public void Only_a_look_that_began_after_the_time_had_passed_counts()
    {
        Look("1", at: 0);
        // The request was under way for long: its answer tells of a moment before.
        _watch.See(Lease(), null, Seconds(5), Seconds(30));
        Assert.Null(MayTake(30));
        Assert.NotNull(Look("1", at: 30.1));
    }

    [Fact]
    public void A_slow_first_answer_is_counted_from_its_arrival()
    {
        _watch.See(Lease(), null, Seconds(0), Seconds(4));
        Assert.Null(Look("1", at: 9));
        Assert.NotNull(Look("1", at: 10.1));
    }

    [Fact]
    public void One_that_was_frozen_looks_again_before_it_believes_its_clock()
    {
        Look("1", at: 0);
        // 30 s pass; the writer has gone on. No look, no right.
        Assert.Null(MayTake(30));
        Assert.Null(Look("9", at: 30));
    }

    [Fact]
    public void A_lease_given_back_is_taken_at_once()
    {
        Assert.Contains("given the lease back", Look("1", at: 0, duration: 0), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_own_is_taken_at_once()
    {
        Look("1", at: 0);
        Assert.NotNull(_watch.MayTake(static lease => lease.Writer == "them", s_live, null, Seconds(0)));
    }

    [Theory]
    [InlineData("garbage", 61)]
    [InlineData("{\"epoch\":1,\"revision\":1,\"writer\":\"x\",\"duration\":1e9,\"source\":\"live\"}", 121)]
    public void What_cannot_be_read_or_believed_holds_for_a_bounded_time(string body, double until)
    {
        _watch.See(new StoredObject(TestObjects.Bytes(body), "\"1\"", default), null, Seconds(0), Seconds(0));
        _watch.See(new StoredObject(TestObjects.Bytes(body), "\"1\"", default), null, Seconds(until - 2), Seconds(until - 2));
        Assert.Null(MayTake(until - 2));
        _watch.See(new StoredObject(TestObjects.Bytes(body), "\"1\"", default), null, Seconds(until), Seconds(until));
        Assert.NotNull(MayTake(until));
    }

    [Fact]
    public void One_marked_away_is_taken_by_who_has_a_live_source_and_only_when_the_mark_has_stood()
    {
        Look("1", at: 0, source: LeaseDocument.Away);
        Assert.Null(MayTake(2.9));
        Assert.NotNull(MayTake(3));
        Assert.Null(_watch.MayTake(Nobody, s_away, null, Seconds(3)));
        // Renewed, with the mark, and taken all the same.
        Look("2", at: 3.5, source: LeaseDocument.Away);
        Assert.NotNull(MayTake(3.5));
        // The writer's source is back.
        Look("3", at: 4);
        Assert.Null(MayTake(4));
    }

    [Fact]
    public void A_source_that_has_brought_nothing_since_the_mark_is_not_believed()
    {
        Look("1", at: 0, source: LeaseDocument.Away);
        var stale = new SourceSight(false, TimeSpan.FromMinutes(1), LastSegment: Seconds(4));
        Assert.Null(_watch.MayTake(Nobody, stale, null, Seconds(4)));
        Assert.NotNull(_watch.MayTake(Nobody, stale with { LastSegment = Seconds(3.9) }, null, Seconds(4)));
        Assert.Null(_watch.MayTake(Nobody, stale with { LiveFor = Seconds(2), LastSegment = default }, null, Seconds(4)));
    }

    [Fact]
    public void Who_has_just_yielded_takes_none_that_is_marked_away()
    {
        Look("1", at: 100, source: LeaseDocument.Away);
        Assert.Null(_watch.MayTake(Nobody, s_live, Seconds(95), Seconds(105)));
        Assert.NotNull(_watch.MayTake(Nobody, s_live, Seconds(90), Seconds(105)));
    }

    [Fact]
    public void Another_writer_s_mark_is_another_mark()
    {
        Look("1", at: 0, source: LeaseDocument.Away);
        Look("2", at: 10, source: LeaseDocument.Away, epoch: 8);
        Assert.Null(MayTake(12));
        Assert.NotNull(MayTake(13));
    }

    [Fact]
    public void The_next_look_falls_on_the_expiry()
    {
        Look("1", at: 0);
        Assert.Equal(1, _watch.NextLook(Seconds(0)).TotalSeconds);
        Assert.InRange(_watch.NextLook(Seconds(5.5)).TotalSeconds, 0.5, 0.51);
        Look("2", at: 6, duration: 60);
        Assert.Equal(3, _watch.NextLook(Seconds(6)).TotalSeconds);
    }

    private static bool Nobody(LeaseDocument lease) => false;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private string? MayTake(double at) => _watch.MayTake(Nobody, s_live, null, Seconds(at));

    private static StoredObject Lease(
        string etag = "1",
        double duration = 6,
        string source = LeaseDocument.Live,
        long epoch = 7
    ) =>
        new(
            new LeaseDocument
            {
                Epoch = epoch,
                Revision = 1,
                Writer = "them",
                Duration = duration,
                Source = source,
            }.ToJson(),
            etag,
            default
        );

    /// <summary>A look that takes no time.</summary>
    private string? Look(
        string etag,
        double at,
        string? playlist = null,
        double duration = 6,
        string source = LeaseDocument.Live,
        long epoch = 7
    )
    {
        _watch.See(Lease(etag, duration, source, epoch), playlist, Seconds(at), Seconds(at));
        return MayTake(at);
    }
}
