using System.Text;
using Spillway.Audience;

namespace Spillway.Tests.Audience;

/// <summary>What is taken of viewers, what is not, and what is said of peers that give nothing.</summary>
public sealed class StreamAudienceTests
{
    private readonly StreamAudience _audience = new(new AudienceOptions());
    private double _now = 1000;

    private TimeSpan Now => TimeSpan.FromSeconds(_now);

    public StreamAudienceTests() => Advance(0);

    [Fact]
    public void A_report_is_taken_and_counts()
    {
        var reporter = Connect();
        Assert.Equal(Verdict.Taken, Take(reporter, Messages.Report(fromPeers: 3_000_000, fromEdge: 1_000_000, startUp: 1.5)));
        var view = _audience.View("live");
        Assert.Equal((1, 1.0), (view.Reporters, view.Viewers!.Value));
        Assert.Equal(0.75, view.Now.ShareFromPeers!.Value);
        Assert.Equal(3_000_000, view.WholeBroadcast!.FromPeers.Value);
        Assert.Equal((1.5, 9.5), (view.WholeBroadcast.StartUp!.Value, view.Now.Latency!.Value));
        var rendition = Assert.Single(view.Now.Renditions);
        Assert.Equal(("720p", 1.0), (rendition.Name, rendition.Viewers.Value));

        _audience.Leave(reporter);
        Assert.Equal(0, _audience.View("live").Reporters);
        Assert.Equal(3_000_000, _audience.View("live").WholeBroadcast!.FromPeers.Value);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"v\":1")]
    [InlineData("{\"v\":1,\"v\":1}")]
    public void What_is_no_report_is_counted_and_changes_nothing(string text) => AssertRefused(text, Verdict.Malformed);

    [Theory]
    [InlineData("v", "\"1\"")]
    [InlineData("v", null)]
    [InlineData("share", "null")]
    [InlineData("share", "NaN")]
    [InlineData("share", "\"NaN\"")]
    [InlineData("seconds", "Infinity")]
    [InlineData("fromPeers", "1.5")]
    [InlineData("fromPeers", "1e400")]
    [InlineData("fromEdge", "99999999999999999999999")]
    [InlineData("fromEdge", null)]
    [InlineData("stalls", "{}")]
    [InlineData("rendition", "7")]
    [InlineData("rendition", "null")]
    [InlineData("p2p", "\"true\"")]
    [InlineData("peers", "[[[[[[]]]]]]")]
    [InlineData("userAgent", "\"x\"")]
    public void Wrong_types_unknown_and_missing_members_are_refused(string member, string? json) =>
        AssertRefused(Messages.With(member, json), Verdict.Malformed);

    [Theory]
    [InlineData("v", "2")]
    [InlineData("share", "0.5")]
    [InlineData("share", "0")]
    [InlineData("share", "1e-300")]
    [InlineData("session", "-1")]
    [InlineData("session", "1e300")]
    [InlineData("seconds", "-0.1")]
    [InlineData("seconds", "601")]
    [InlineData("seconds", "202")]
    [InlineData("played", "97")]
    [InlineData("fromPeers", "-1")]
    [InlineData("fromPeers", "9223372036854775807")]
    [InlineData("fromEdge", "84400000")]
    [InlineData("toPeers", "563000000")]
    [InlineData("stalls", "63")]
    [InlineData("stalled", "33")]
    [InlineData("startUp", "202")]
    [InlineData("latency", "-1")]
    [InlineData("latency", "1e9")]
    [InlineData("rendition", "\"<script>\"")]
    [InlineData("rendition", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")]
    [InlineData("peers", "1001")]
    [InlineData("rejected", "-1")]
    [InlineData("banned", "2147483647")]
    public void What_cannot_be_true_is_refused(string member, string json) =>
        AssertRefused(Messages.With(member, json), Verdict.Implausible);

    [Fact]
    public void All_after_the_first_cover_no_more_time_than_has_passed_and_one_may_be_a_minute_late()
    {
        var reporter = Connect();
        Take(reporter, Messages.Report(seconds: 180));
        _now += 10;
        Assert.Equal(Verdict.Implausible, Take(reporter, Messages.Report(seconds: 71)));
        Assert.Equal(Verdict.Taken, Take(reporter, Messages.Report(seconds: 40)));
        _now += 1;
        Assert.Equal(Verdict.Implausible, Take(reporter, Messages.Report(seconds: 32)));
        Assert.Equal(Verdict.Taken, Take(reporter, Messages.Report(seconds: 30)));
    }

    [Fact]
    public void More_than_twice_as_many_as_are_due_are_dropped_unread()
    {
        var reporter = Connect();
        var verdicts = Enumerable.Range(0, 30).Select(_ => Take(reporter, Messages.Report(seconds: 0.1))).ToList();
        Assert.Equal(10, verdicts.Count(static verdict => verdict == Verdict.Taken));
        Assert.Equal(20, verdicts.Count(static verdict => verdict == Verdict.TooOften));
        _now += 60;
        Assert.Equal(Verdict.Taken, Take(reporter, Messages.Report()));
    }

    [Fact]
    public void Before_anybody_reports_the_tracker_counts_and_says_what_it_is()
    {
        Advance(1, atTracker: 12);
        var viewers = _audience.Summary().Viewers!;
        Assert.Equal((12, 12, (double?)null), (viewers.Value, viewers.Low, viewers.High));
        Assert.Contains("nobody reports yet", viewers.Of, StringComparison.Ordinal);
        Advance(1, atTracker: 0);
        Assert.Null(_audience.Summary().Viewers);
    }

    [Fact]
    public void The_tracker_and_the_part_of_those_who_share_make_the_whole()
    {
        for (var i = 0; i < 20; i++)
            Take(Connect(), Messages.Report(p2p: i % 5 != 0));
        Advance(1, atTracker: 40);
        Assert.Equal(50, _audience.Summary().Viewers!.Value);
        // It misses most: those who report are more than it can explain.
        Advance(1, atTracker: 4);
        Assert.Equal(20, _audience.Summary().Viewers!.Value);
    }

    [Fact]
    public void The_next_broadcast_begins_with_nothing()
    {
        var reporter = Connect();
        Take(reporter, Messages.Report());
        Assert.NotNull(_audience.Of("one"));
        Advance(1, broadcast: "two");
        Assert.Null(_audience.Of("one"));
        Assert.Equal(0, _audience.Of("two")!.FromPeers.Value);
        Take(reporter, Messages.Report(seconds: 5, fromPeers: 500));
        Assert.Equal(500, _audience.Of("two")!.FromPeers.Value);
    }

    [Theory]
    [InlineData(0, 0, "tracker")]
    [InlineData(3, 0, "TURN")]
    [InlineData(3, 2, "Window")]
    public void Three_viewers_who_share_and_get_nothing_for_minutes_are_an_alarm_with_its_likely_cause(
        int atTracker,
        int connected,
        string cause
    )
    {
        var reporters = Enumerable.Range(0, 3).Select(_ => Connect()).ToList();
        Report(0);
        Report(90);
        Assert.Null(_audience.Advice);
        Report(60);
        Assert.Contains("0 %", _audience.Advice, StringComparison.Ordinal);
        Assert.Contains(cause, _audience.Advice, StringComparison.Ordinal);
        // One of them gets something: it ends at once.
        Take(reporters[0], Messages.Report(seconds: 10, fromPeers: 1_000_000));
        Advance(1, atTracker);
        Assert.Null(_audience.Advice);

        void Report(double later)
        {
            _now += later;
            foreach (var reporter in reporters)
                Take(reporter, Messages.Report(seconds: 1, fromPeers: 0, peers: connected));
            Advance(1, atTracker);
        }
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(5, false)]
    public void Two_viewers_or_those_who_do_not_share_are_none(int viewers, bool share)
    {
        var reporters = Enumerable.Range(0, viewers).Select(_ => Connect()).ToList();
        for (var i = 0; i < 20; i++)
        {
            foreach (var reporter in reporters)
                Take(reporter, Messages.Report(seconds: 1, fromPeers: 0, p2p: share));
            Advance(30, viewers);
        }
        Assert.Null(_audience.Advice);
    }

    [Fact]
    public void The_share_goes_on_over_a_restart_and_an_older_one_is_believed_for_a_while()
    {
        _audience.Resume(new AudienceWord(0.125, true), Now);
        Assert.Equal(0.125, _audience.Word.Share);
        Assert.Equal(Verdict.Taken, Take(Connect(), Messages.Report(share: 0.125)));
        Assert.Equal(8, _audience.Summary().Viewers!.Value);
        for (var i = 0; i < 100; i++)
            Advance(1);
        Assert.Equal(1, _audience.Word.Share);
        Assert.Equal(Verdict.Taken, Take(Connect(), Messages.Report(share: 0.125)));
        _now += 1000;
        Advance(1);
        Assert.Equal(Verdict.Implausible, Take(Connect(), Messages.Report(share: 0.125)));
    }

    private void AssertRefused(string text, Verdict verdict)
    {
        Take(Connect(), Messages.Report());
        var before = _audience.View("live");
        var reporter = Connect();
        Assert.Equal(verdict, Take(reporter, text));
        Assert.Equal(1, reporter.Faults);
        var after = _audience.View("live");
        Assert.Equal(1, after.Messages.Malformed + after.Messages.Implausible);
        Assert.Equal(
            (before.Reporters, before.Viewers, before.WholeBroadcast),
            (after.Reporters, after.Viewers, after.WholeBroadcast)
        );
    }

    private Reporter Connect() => new() { HeardAt = Now };

    private Verdict Take(Reporter reporter, string json) => _audience.Take(reporter, Encoding.UTF8.GetBytes(json), Now);

    private void Advance(double seconds, int? atTracker = null, string broadcast = "one")
    {
        _now += seconds;
        _audience.Advance(new AudienceInputs(atTracker, broadcast, 2_500_000), Now);
    }
}
