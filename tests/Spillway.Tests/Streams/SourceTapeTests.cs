using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Streams;

namespace Spillway.Tests.Streams;

/// <summary>What a waiting instance keeps of its source, and how a run begins with it.</summary>
public sealed class SourceTapeTests
{
    private static readonly HashSet<string> s_nothing = [];

    private readonly FakeTimeProvider _time = new();
    private readonly Channel<SourceEvent> _source = Channel.CreateUnbounded<SourceEvent>();
    private readonly SourceTape _tape;

    public SourceTapeTests() => _tape = new SourceTape(_source.Reader, _time);

    [Fact]
    public async Task What_came_while_it_waited_comes_first_and_then_what_comes_now()
    {
        var found = new RenditionsFound([Made.Rendition()]);
        await KeepAsync(found, Segment(0), Segment(1));
        _tape.Rewind(s_nothing);
        _source.Writer.TryWrite(Segment(2));
        Assert.Equal(["found", "0", "1", "2"], Read());
        Assert.False(_tape.TryRead(out _));
    }

    [Fact]
    public async Task A_run_s_own_events_are_kept_for_the_next_one()
    {
        _source.Writer.TryWrite(Segment(0));
        _source.Writer.TryWrite(Segment(1));
        Assert.Equal(["0", "1"], Read());
        await KeepAsync(Segment(2));
        _tape.Rewind(s_nothing);
        Assert.Equal(["0", "1", "2"], Read());
    }

    [Fact]
    public async Task What_is_older_than_a_minute_is_forgotten_and_what_it_said_of_the_source_is_not()
    {
        await KeepAsync(new RenditionsFound([Made.Rendition()]), new SourceTitle("A show"), Segment(0));
        _time.Advance(TimeSpan.FromSeconds(40));
        await KeepAsync(Segment(1));
        _time.Advance(TimeSpan.FromSeconds(21));
        await KeepAsync(Segment(2));
        _tape.Rewind(s_nothing);
        Assert.Equal(["found", "title", "1", "2"], Read());
    }

    [Fact]
    public async Task Its_memory_is_bounded_in_bytes()
    {
        for (var i = 0; i < 10; i++)
            await KeepAsync(Segment(i, bytes: 10 << 20));
        _tape.Rewind(s_nothing);
        Assert.Equal(["4", "5", "6", "7", "8", "9"], Read());
    }

    [Fact]
    public async Task What_came_before_the_first_that_is_listed_is_left_out_for_each_rendition()
    {
        var listed = Segment(2);
        await KeepAsync(new RenditionsFound([]), Segment(0), Segment(7, rendition: "1"), Segment(1), listed, Segment(3));
        _tape.Rewind(new HashSet<string> { StreamKeys.Hash(listed.Data.Span) });
        Assert.Equal(["found", "7", "2", "3"], Read());
    }

    [Fact]
    public async Task A_source_that_was_away_and_came_back_is_not_said_to_be_away()
    {
        await KeepAsync(new SourceAway("gone"));
        Assert.Equal("gone", _tape.Away);
        _time.Advance(TimeSpan.FromSeconds(61));
        await KeepAsync(new SourceBack(), Segment(0));
        Assert.Null(_tape.Away);
        _tape.Rewind(s_nothing);
        Assert.Equal(["away", "back", "0"], Read());
        _time.Advance(TimeSpan.FromSeconds(61));
        await KeepAsync(Segment(1));
        _tape.Rewind(s_nothing);
        Assert.Equal(["1"], Read());
    }

    [Fact]
    public async Task It_tells_since_when_the_source_delivers()
    {
        Assert.Equal((false, null), (_tape.Sight.IsAway, _tape.Sight.LiveFor));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(_tape.Sight.IsAway);
        await KeepAsync(new SourceBack(), Segment(0));
        _time.Advance(TimeSpan.FromSeconds(5));
        await KeepAsync(Segment(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        var sight = _tape.Sight;
        Assert.Equal((false, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(2)), (sight.IsAway, sight.LiveFor, sight.LastSegment));
        await KeepAsync(new SourceAway("gone"));
        Assert.Equal((true, null), (_tape.Sight.IsAway, _tape.Sight.LiveFor));
        await KeepAsync(new SourceBack());
        // It says so, and has brought nothing yet.
        Assert.Null(_tape.Sight.LiveFor);
    }

    [Fact]
    public async Task A_source_that_ends_ends_the_reading()
    {
        await KeepAsync(Segment(0));
        _source.Writer.Complete();
        _tape.Rewind(s_nothing);
        Assert.True(await _tape.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["0"], Read());
        Assert.False(await _tape.WaitToReadAsync(TestContext.Current.CancellationToken));
    }

    private async Task KeepAsync(params SourceEvent[] events)
    {
        using var over = new CancellationTokenSource();
        var keeping = _tape.KeepAsync(over.Token);
        foreach (var next in events)
            _source.Writer.TryWrite(next);
        await Until.TrueAsync(() => !_source.Reader.TryPeek(out _), "all are read");
        await over.CancelAsync();
        await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private List<string> Read()
    {
        var read = new List<string>();
        while (_tape.TryRead(out var next))
            read.Add(
                next switch
                {
                    SegmentArrived segment => $"{segment.Sequence}",
                    RenditionsFound => "found",
                    SourceTitle => "title",
                    SourceAway => "away",
                    SourceBack => "back",
                    _ => "other",
                }
            );
        return read;
    }

    private static SegmentArrived Segment(long number, string rendition = "0", int bytes = 1000)
    {
        var data = new byte[bytes];
        data[0] = (byte)number;
        return Made.Segment(rendition, sequence: number) with { Data = data };
    }
}
