using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Spillway.Tracker.WebSockets;

namespace Spillway.Tests.Tracker.WebSockets;

public sealed class FrameSenderTests
{
    private const int Threads = 4;

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void A_frame_has_the_shortest_form_of_length(int length)
    {
        var target = new byte[FrameHeader.MaxSizeSent];
        var size = FrameHeader.Write(target, Opcode.Text, length);
        Assert.Equal(RawFrame.Of(RawFrame.Text, new byte[length], mask: null)[..size], target[..size]);
    }

    [Fact]
    public async Task Frames_of_many_threads_arrive_whole_and_each_threads_in_order()
    {
        const int Each = 5_000;
        var pipe = Inline(pause: 20_000);
        var sender = new FrameSender(pipe.Writer, TimeProvider.System);
        var reading = ReadAllAsync(pipe.Reader, Threads * Each);
        var refused = 0;
        var writing = Enumerable
            .Range(0, Threads)
            .Select(thread =>
                Task.Run(async () =>
                {
                    var payload = new byte[40 + 900 * thread];
                    payload[0] = (byte)thread;
                    for (var i = 0; i < Each; i++)
                    {
                        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(1), i);
                        while (!sender.TryWrite(Opcode.Text, payload, 64))
                        {
                            Interlocked.Increment(ref refused);
                            await sender.DrainedAsync();
                        }
                        sender.Flush();
                    }
                })
            )
            .ToArray();
        await Task.WhenAll(writing).WaitAsync(TimeSpan.FromSeconds(60));
        await sender.EndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await pipe.Writer.CompleteAsync();
        var next = new int[Threads];
        foreach (var payload in await reading.WaitAsync(TimeSpan.FromSeconds(60)))
        {
            Assert.Equal(40 + 900 * payload[0], payload.Length);
            Assert.Equal(next[payload[0]]++, BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(1)));
        }
        Assert.All(next, static count => Assert.Equal(Each, count));
        Assert.NotEqual(0, refused); // the queue was full at times, which is half of what is tested
        Assert.Equal(0, sender.BlockedSince);
    }

    [Fact]
    public void While_the_client_reads_nothing_frames_wait_up_to_the_limit_and_then_go_in_order()
    {
        var time = new FakeTimeProvider();
        var pipe = Inline(pause: 10);
        var sender = new FrameSender(pipe.Writer, time);
        byte[] payload = new byte[20_000];
        Assert.True(sender.TryWrite(Opcode.Text, payload, 64));
        sender.Flush();
        Assert.NotEqual(0, sender.BlockedSince);
        for (var i = 1; i <= 64; i++)
        {
            Assert.False(sender.Holds(i));
            payload[0] = (byte)i;
            Assert.True(sender.TryWrite(Opcode.Text, payload, 64));
            sender.Flush();
            Assert.True(sender.Holds(i));
            Assert.Equal(i >= 7, sender.Holds(1_000, bytes: 128 * 1024));
        }
        Assert.False(sender.TryWrite(Opcode.Text, payload, 64));
        Assert.True(sender.TryWrite(Opcode.Close, [3, 232], int.MaxValue));
        Assert.False(sender.TryWrite(Opcode.Ping, [], int.MaxValue)); // nothing comes behind a close

        var frames = new List<byte[]>();
        while (pipe.Reader.TryRead(out var read))
        {
            var rest = read.Buffer;
            while (TryTake(ref rest, out var frame))
                frames.Add(frame);
            pipe.Reader.AdvanceTo(rest.Start, rest.End);
        }
        Assert.Equal(Enumerable.Range(0, 65), frames[..^1].Select(static frame => (int)frame[0]));
        Assert.Equal([3, 232], frames[^1]);
        Assert.False(sender.Holds(1));
        Assert.Equal(0, sender.BlockedSince);
    }

    [Fact]
    public async Task When_the_client_is_gone_nothing_waits_and_nobody_is_waited_for()
    {
        var pipe = Inline(pause: 10);
        var sender = new FrameSender(pipe.Writer, TimeProvider.System);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(sender.TryWrite(Opcode.Text, new byte[1_000], 64));
            sender.Flush();
        }
        var drained = sender.DrainedAsync();
        Assert.False(drained.IsCompleted);
        await pipe.Reader.CompleteAsync();
        await drained.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(sender.IsLost);
        Assert.False(sender.Holds(1));
        Assert.False(sender.TryWrite(Opcode.Text, [], 64));
        await sender.EndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_was_written_before_the_end_is_sent_even_if_its_writer_has_not_come_to_flush_it()
    {
        var pipe = Inline(pause: 100_000);
        var sender = new FrameSender(pipe.Writer, TimeProvider.System);
        Assert.True(sender.TryWrite(Opcode.Text, [7], 64));
        await sender.EndAsync();
        await pipe.Writer.CompleteAsync();
        sender.Flush(); // late, when the pipe is no longer its own
        Assert.Equal(
            [
                [7],
            ],
            await ReadAllAsync(pipe.Reader, 1)
        );
    }

    [Fact]
    public void Whoever_reads_may_write_at_once()
    {
        // As with inline scheduling: the flush runs the reader, which answers by the same sender.
        var pipe = Inline(pause: 100_000);
        var sender = new FrameSender(pipe.Writer, TimeProvider.System);
        var answered = 0;
        async Task AnswerAsync()
        {
            while (answered < 3)
            {
                var read = await pipe.Reader.ReadAsync();
                pipe.Reader.AdvanceTo(read.Buffer.End);
                answered++;
                Assert.True(sender.TryWrite(Opcode.Text, [1], 64));
                sender.Flush();
            }
        }
        var answering = AnswerAsync();
        Assert.True(sender.TryWrite(Opcode.Text, [0], 64));
        sender.Flush();
        Assert.True(answering.IsCompletedSuccessfully);
        Assert.Equal(3, answered);
    }

    private static Pipe Inline(int pause) =>
        new(
            new PipeOptions(
                readerScheduler: PipeScheduler.Inline,
                writerScheduler: PipeScheduler.Inline,
                pauseWriterThreshold: pause,
                resumeWriterThreshold: pause / 2,
                useSynchronizationContext: false
            )
        );

    private static async Task<List<byte[]>> ReadAllAsync(PipeReader reader, int count)
    {
        var frames = new List<byte[]>();
        while (frames.Count < count)
        {
            var read = await reader.ReadAsync();
            var rest = read.Buffer;
            while (TryTake(ref rest, out var frame))
                frames.Add(frame);
            reader.AdvanceTo(rest.Start, rest.End);
            // Now and then it lags.
            if (frames.Count % 7 == 0)
                await Task.Yield();
            if (read.IsCompleted)
                break;
        }
        return frames;
    }

    private static bool TryTake(ref ReadOnlySequence<byte> input, out byte[] payload)
    {
        payload = [];
        if (!FrameHeader.TryMeasure(in input, out _, out var length) || (ulong)input.Length < length)
            return false;
        var frame = input.Slice(0, (long)length).ToArray();
        payload = frame[(frame[1] < 126 ? 2 : 4)..];
        input = input.Slice((long)length);
        return true;
    }
}
