using Spillway.Events;

namespace Spillway.Tests.Events;

public sealed class EventDamperTests
{
    private readonly EventDamper _damper = new();

    [Fact]
    public void What_goes_to_and_fro_is_told_twice_and_then_gathered_with_its_last_word()
    {
        for (var second = 0; second < 4; second++)
            Assert.Single(Pass(second, second % 2 == 0 ? EventKinds.SourceAway : EventKinds.SourceBack));
        for (var second = 4; second < 31; second++)
            Assert.Empty(Pass(second, second % 2 == 0 ? EventKinds.SourceAway : EventKinds.SourceBack));
        Assert.Empty(Pass(39));
        var told = Assert.Single(Pass(41));
        Assert.Equal(EventKinds.SourceAway, told.Kind);
        Assert.Equal("source-away at 30. It has changed 27 times within 37 s.", told.Text);
        Assert.Empty(Pass(42));
    }

    [Fact]
    public void What_never_stops_going_to_and_fro_is_told_once_a_minute()
    {
        var told = 0;
        for (var second = 0; second < 600; second++)
            told += Pass(second, second % 2 == 0 ? EventKinds.SourceAway : EventKinds.SourceBack).Count;
        Assert.InRange(told, 10, 40);
    }

    [Fact]
    public void Other_matters_are_not_held_up()
    {
        for (var second = 0; second < 10; second++)
            Pass(second, EventKinds.SourceAway);
        Assert.Single(Pass(10, EventKinds.StorageTrouble));
    }

    [Fact]
    public void The_first_gap_is_told_at_once_and_the_row_after_it_as_one()
    {
        Assert.Single(Pass(0, EventKinds.Gap, 2));
        for (var second = 1; second < 20; second++)
            Assert.Empty(Pass(second, EventKinds.Gap, 2));
        var told = Assert.Single(Pass(29.5));
        Assert.Equal(38, told.Count);
        Assert.Equal("38 more segments are listed as missing, within 29 s.", told.Text);
    }

    [Fact]
    public void After_a_quiet_minute_all_is_told_at_once_again()
    {
        for (var second = 0; second < 20; second++)
            Pass(second, EventKinds.Slate);
        Assert.Single(Pass(30));
        Assert.Single(Pass(100, EventKinds.Slate));
    }

    private IReadOnlyList<StreamChange> Pass(double second, string? kind = null, long count = 1) =>
        _damper.Pass(
            kind is null ? [] : [new StreamChange(EventLevel.Info, kind, $"{kind} at {second}.", null) { Count = count }],
            TimeSpan.FromSeconds(second)
        );
}
