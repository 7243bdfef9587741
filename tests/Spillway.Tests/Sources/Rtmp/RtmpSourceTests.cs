using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Media;
using Spillway.Sources;
using Spillway.Sources.Rtmp;
using Spillway.Timeline;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>What the pipeline is told, publisher by publisher.</summary>
public sealed class RtmpSourceTests(Encoders encoders) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RtmpInlet _inlet = new();
    private readonly Channel<SourceEvent> _events = Channel.CreateBounded<SourceEvent>(8);
    private Task _running = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        var options = new StreamOptions { Source = StreamOptions.Rtmp, SegmentDuration = 1 };
        var source = new RtmpSource(_inlet, options, _time, NullLogger<RtmpSource>.Instance);
        _running = source.RunAsync(_events.Writer, _stop.Token);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running.WaitAsync(TimeSpan.FromSeconds(20)));
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_publisher_from_its_first_frame_to_its_last()
    {
        Assert.Equal(new SourceAway("no encoder is publishing"), await NextAsync());
        var publication = _inlet.Open("an encoder");
        await SendAsync(publication, await encoders.MessagesAsync(Encoders.Plain));
        publication.End();
        var rendition = Assert.Single(Assert.IsType<RenditionsFound>(await NextAsync()).Renditions);
        Assert.Equal(new SourceRendition("main", 1, null, null), rendition);
        Assert.IsType<SourceBack>(await NextAsync());
        for (var i = 0; i < 6; i++)
        {
            var segment = Assert.IsType<SegmentArrived>(await NextAsync());
            Assert.Equal(("main", 0, i, false), (segment.Rendition, segment.Run, segment.Sequence, segment.Discontinuity));
            Assert.Equal(1, segment.Media.Duration!.Value.TotalSeconds, 0.002);
            Assert.Equal(segment.Media.Duration.Value.TotalSeconds, segment.DeclaredDuration.TotalSeconds, 0.0001);
            Assert.True(segment.Media is { IsWhole: true, Problem: null, Container: MediaContainer.FragmentedMp4 });
        }
        Assert.Equal(new SourceAway("the encoder went"), await NextAsync());
    }

    [Fact]
    public async Task A_replaced_publisher_is_flushed_and_the_next_one_is_another_run_without_a_pause()
    {
        await NextAsync();
        var first = _inlet.Open("one");
        var messages = await encoders.MessagesAsync(Encoders.Plain);
        await SendAsync(first, messages.Where(static m => m.Time < 2400));
        var second = _inlet.Open("another");
        Assert.True(first.Replaced.IsCompleted);
        Assert.False(await first.WriteAsync(messages[^1], default));
        await SendAsync(second, messages);
        second.End();
        var events = await UntilAwayAsync();
        var segments = events.OfType<SegmentArrived>().ToList();
        Assert.Equal([0, 0, 0, 1, 1, 1, 1, 1, 1], segments.Select(static s => s.Run));
        Assert.Equal(Enumerable.Range(0, 9).Select(static i => (long)i), segments.Select(static s => s.Sequence));
        Assert.InRange(segments[2].Media.Duration!.Value.TotalSeconds, 0.3, 0.5);
        Assert.Single(events.OfType<SourceAway>());
        Assert.Single(events.OfType<SourceBack>());
    }

    [Fact]
    public async Task A_publisher_that_falls_silent_is_away_and_comes_back_in_the_same_run()
    {
        await NextAsync();
        var publication = _inlet.Open("");
        var messages = await encoders.MessagesAsync(Encoders.Plain);
        await SendAsync(publication, messages.Where(static m => m.Time < 2400));
        Assert.IsType<RenditionsFound>(await NextAsync());
        Assert.IsType<SourceBack>(await NextAsync());
        Assert.IsType<SegmentArrived>(await NextAsync());
        Assert.IsType<SegmentArrived>(await NextAsync());
        var away = NextAsync();
        await Until.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return away.IsCompleted;
            },
            "it is told"
        );
        Assert.Equal(new SourceAway("the encoder sends nothing"), await away);
        await SendAsync(publication, messages.Where(static m => m.Time >= 2400));
        Assert.IsType<SourceBack>(await NextAsync());
        Assert.Equal(0, Assert.IsType<SegmentArrived>(await NextAsync()).Run);
    }

    [Fact]
    public async Task A_publisher_whose_media_cannot_be_read_is_told_why_and_the_next_one_is_taken()
    {
        await NextAsync();
        var publication = _inlet.Open("");
        await publication.WriteAsync(new RtmpVideoConfiguration(0, new byte[20]), default);
        await Until.TrueAsync(() => publication.Refusal is not null, "it is refused");
        Assert.Contains("H.264 configuration", publication.Refusal, StringComparison.Ordinal);
        Assert.False(await publication.WriteAsync(new RtmpAudioFrame(0, new byte[20]), default));
        var next = _inlet.Open("");
        await SendAsync(next, await encoders.MessagesAsync(Encoders.Plain));
        next.End();
        Assert.Equal(6, (await UntilAwayAsync()).OfType<SegmentArrived>().Count());
    }

    [Fact]
    public async Task Another_format_is_another_run()
    {
        await NextAsync();
        var publication = _inlet.Open("");
        await SendAsync(publication, await encoders.MessagesAsync(Encoders.Plain));
        var larger = await encoders.MessagesAsync(Encoders.Larger);
        await SendAsync(publication, larger.Select(static m => FlvReader.Shift(m, 6060)));
        publication.End();
        var runs = (await UntilAwayAsync()).OfType<SegmentArrived>().Select(static s => s.Run);
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], runs);
    }

    [Fact]
    public async Task Keyframes_far_apart_raise_the_target_duration_and_advise_until_they_are_mended()
    {
        await NextAsync();
        var publication = _inlet.Open("");
        await SendAsync(publication, await encoders.MessagesAsync("long-gop"));
        publication.End();
        var events = await UntilAwayAsync();
        Assert.Equal(9, Assert.Single(events.OfType<RenditionsFound>()).Renditions[0].TargetDuration);
        var advice = Assert.Single(events.OfType<SourceAdvice>());
        Assert.StartsWith("the encoder's keyframe interval is 8.2 s: set it to 1 s", advice.Text, StringComparison.Ordinal);

        publication = _inlet.Open("");
        await SendAsync(publication, await encoders.MessagesAsync(Encoders.Plain));
        publication.End();
        events = await UntilAwayAsync();
        Assert.Null(Assert.Single(events.OfType<SourceAdvice>()).Text);
        Assert.Equal(1, Assert.Single(events.OfType<RenditionsFound>()).Renditions[0].TargetDuration);
    }

    [Fact]
    public async Task A_source_that_stops_ends_the_publication_so_that_the_encoder_comes_again()
    {
        await NextAsync();
        var publication = _inlet.Open("");
        await SendAsync(publication, (await encoders.MessagesAsync(Encoders.Plain)).Take(100));
        await Until.TrueAsync(() => publication.Media.Count == 0, "it is read");
        await _stop.CancelAsync();
        await Until.TrueAsync(() => publication.Media.Completion.IsCompleted, "it has ended");
        Assert.False(await publication.WriteAsync(new RtmpAudioFrame(0, new byte[20]), default));
    }

    private Task<SourceEvent> NextAsync() => _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>All events up to the next <see cref="SourceAway"/> that comes after a segment.</summary>
    private async Task<List<SourceEvent>> UntilAwayAsync()
    {
        var events = new List<SourceEvent>();
        do events.Add(await NextAsync());
        while (events[^1] is not SourceAway || !events.OfType<SegmentArrived>().Any());
        return events;
    }

    /// <summary>At once, as far as the source takes it: the rest goes on its own.</summary>
    private static async Task SendAsync(RtmpPublication publication, IEnumerable<RtmpMedia> messages)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        foreach (var message in messages)
            Assert.True(await publication.WriteAsync(message, late.Token));
    }
}
