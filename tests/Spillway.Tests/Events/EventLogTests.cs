using Spillway.Events;

namespace Spillway.Tests.Events;

public sealed class EventLogTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 22, 19, 5, 1, TimeSpan.Zero);
    private readonly EventLog _log = new(() => s_now);

    [Fact]
    public void The_last_500_are_kept()
    {
        for (var i = 1; i <= 510; i++)
            Add($"{i}");
        Assert.Equal(Enumerable.Range(11, 500).Select(static i => (long)i), _log.Recent.Select(static e => e.Number));
        Assert.Equal("510", _log.Recent[^1].Text);
        Assert.Equal(s_now, _log.Recent[^1].Time);
        Assert.Equal(510, _log.Last);
    }

    [Fact]
    public async Task A_follower_gets_what_happens_from_then_on()
    {
        Add("before");
        using var stop = new CancellationTokenSource();
        await using var following = _log.FollowAsync(stop.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        // Told between the call and the first look.
        Add("first");
        Assert.Equal("first", await NextAsync(following));
        var next = NextAsync(following);
        Add("second");
        Assert.Equal("second", await next);
        var end = following.MoveNextAsync();
        await stop.CancelAsync();
        Assert.False(await end);
    }

    [Theory]
    [InlineData(0, "1 2 3")]
    [InlineData(2, "3")]
    [InlineData(3, "")]
    // Of the process before this one.
    [InlineData(70, "1 2 3")]
    public async Task A_follower_that_was_away_gets_what_it_has_missed(long after, string missed)
    {
        for (var i = 1; i <= 3; i++)
            Add($"{i}");
        using var stop = new CancellationTokenSource();
        await using var following = _log.FollowAsync(after, stop.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var first = NextAsync(following);
        Add("last");
        var got = new List<string> { await first };
        while (got[^1] != "last")
            got.Add(await NextAsync(following));
        Assert.Equal($"{missed} last".Trim(), string.Join(' ', got));
    }

    [Fact]
    public async Task A_slow_follower_loses_the_oldest_and_holds_up_nobody()
    {
        using var stop = new CancellationTokenSource();
        await using var slow = _log.FollowAsync(0, stop.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Add("0");
        Assert.Equal("0", await NextAsync(slow));
        for (var i = 1; i <= 250; i++)
            Add($"{i}");
        Assert.Equal("151", await NextAsync(slow));
        for (var i = 152; i <= 250; i++)
            Assert.Equal($"{i}", await NextAsync(slow));
    }

    private void Add(string text) => _log.Add(EventLevel.Info, "live", EventKinds.Operator, text);

    private static async Task<string> NextAsync(IAsyncEnumerator<OperatorEvent> following)
    {
        Assert.True(await following.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        return following.Current.Text;
    }
}
