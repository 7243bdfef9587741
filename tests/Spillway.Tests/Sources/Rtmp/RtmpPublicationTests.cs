using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class RtmpPublicationTests
{
    private static readonly RtmpVideoFrame s_frame = new(0, 0, false, new byte[4 << 20]);

    [Fact]
    public async Task An_encoder_waits_when_many_bytes_are_ahead_of_the_source()
    {
        var publication = new RtmpPublication("");
        var waiting = await FillAsync(publication);
        Assert.True(await publication.Media.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.False(waiting.IsCompleted);
        Assert.True(publication.Media.TryRead(out _));
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_encoder_that_waits_is_let_go_when_it_is_replaced()
    {
        var publication = new RtmpPublication("");
        var waiting = await FillAsync(publication);
        publication.Replace();
        Assert.False(await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.False(await publication.WriteAsync(s_frame, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_message_larger_than_all_that_may_be_ahead_passes_alone()
    {
        var publication = new RtmpPublication("");
        var giant = s_frame with { Data = new byte[RtmpPublication.MostBytes + 1] };
        Assert.True(await publication.WriteAsync(giant, TestContext.Current.CancellationToken));
        var next = publication.WriteAsync(s_frame, TestContext.Current.CancellationToken).AsTask();
        Assert.False(next.IsCompleted);
        publication.End();
        Assert.False(await next.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    /// <summary>The write that does not get through.</summary>
    private static async Task<Task<bool>> FillAsync(RtmpPublication publication)
    {
        for (var sent = 0L; sent < RtmpPublication.MostBytes; sent += s_frame.Size)
            Assert.True(await publication.WriteAsync(s_frame, TestContext.Current.CancellationToken));
        return publication.WriteAsync(s_frame, TestContext.Current.CancellationToken).AsTask();
    }
}
