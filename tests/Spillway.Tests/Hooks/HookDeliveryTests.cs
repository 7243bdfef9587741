using Microsoft.AspNetCore.Http;
using Spillway.Events;
using Spillway.Hooks;

namespace Spillway.Tests.Hooks;

public sealed class HookDeliveryTests : HookTest
{
    [Fact]
    public async Task A_message_says_what_happened_and_is_signed()
    {
        var sender = await StartAsync();
        Events.Add(EventLevel.Warning, "live", EventKinds.Failover, "It has \"taken\" over: ö.", "Look.", "b1");
        await Receiver.UntilAsync(1);
        Assert.Empty(Receiver.Faults);
        var message = Receiver.Tries.Single();
        Assert.StartsWith("msg_", message.Id, StringComparison.Ordinal);
        Assert.Equal(Time.GetUtcNow().ToUnixTimeSeconds(), message.Timestamp);
        Assert.Equal(
            """
            {"type":"failover","timestamp":"2026-11-22T19:05:01Z","data":{"number":1,"level":"warning","stream":"live","broadcast":"b1","text":"It has \u0022taken\u0022 over: \u00F6.","remedy":"Look.","instance":"aaaa"}}
            """,
            message.Body.GetRawText()
        );
        await Until.TrueAsync(() => sender.Status.Single().Delivered == 1, "it is counted");
        var status = sender.Status.Single();
        Assert.Equal(("ops", "127.0.0.1", "ok", 0), (status.Name, status.Host, status.State, status.Waiting));
        Assert.Equal(Time.GetUtcNow(), status.LastDelivery);
        Assert.Null(status.LastProblem);
    }

    [Fact]
    public async Task Only_the_kinds_that_are_set_are_told_and_in_their_order()
    {
        await StartAsync(kinds: [EventKinds.OnAir, EventKinds.OffAir]);
        foreach (var kind in EventKinds.All)
            Tell(kind);
        Tell(EventKinds.OnAir);
        await Receiver.UntilAsync(3);
        Assert.Equal("on-air off-air on-air", Receiver.Kinds);
    }

    [Fact]
    public async Task A_try_that_fails_is_tried_again_with_the_same_id_and_a_new_signature_and_what_follows_waits()
    {
        var sender = await StartAsync();
        Receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = Receiver.Tries.Count <= 3 ? 500 : 204;
            return Task.CompletedTask;
        };
        Tell(EventKinds.OnAir);
        Tell(EventKinds.Slate);
        await Receiver.UntilAsync(1);
        await Until.TrueAsync(() => sender.Status.Single().LastProblem == "HTTP 500", "it has failed");
        Assert.Equal((2, "failing"), (sender.Status.Single().Waiting, sender.Status.Single().State));
        await WaitAsync(TimeSpan.FromMinutes(2), () => sender.Status.Single().Delivered == 2);
        Assert.Equal("on-air on-air on-air on-air slate", Receiver.Kinds);
        var tries = Receiver.Tries.Take(4).ToList();
        Assert.Single(tries.Select(static t => t.Id).Distinct());
        Assert.NotEqual(tries[0].Id, Receiver.Tries.Last().Id);
        Assert.Equal(tries.Select(static t => t.Timestamp).Distinct().Order(), tries.Select(static t => t.Timestamp));
        Assert.Empty(Receiver.Faults);
        // One line when it begins, one when it is over.
        Assert.Equal(
            [
                "Warning: Hook ops: on-air was not delivered and is tried again for half an hour: HTTP 500 ",
                "Information: Hook ops: messages are delivered again ",
            ],
            Logged.All
        );
    }

    [Fact]
    public async Task After_eight_tries_in_half_an_hour_a_message_is_given_up()
    {
        var sender = await StartAsync();
        Receiver.Answer = (context, received) =>
        {
            context.Response.StatusCode = received.Kind == EventKinds.OnAir ? 503 : 200;
            return Task.CompletedTask;
        };
        Tell(EventKinds.OnAir);
        var begin = Time.GetUtcNow();
        await WaitAsync(TimeSpan.FromHours(1), () => sender.Status.Single().GivenUp == 1);
        Assert.InRange(Time.GetUtcNow() - begin, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(40));
        Assert.Equal(8, Receiver.Tries.Count);
        Tell(EventKinds.OffAir);
        await Receiver.UntilAsync(9);
        Assert.Contains("Warning: Hook ops: on-air is given up after 8 tries: HTTP 503 ", Logged.All);
    }

    [Theory]
    [InlineData("nobody listens", "no connection (ConnectionRefused)")]
    [InlineData("hangs", "no answer within 10 s")]
    [InlineData("closes", "the connection broke off, or the answer is not HTTP")]
    [InlineData("redirects", "HTTP 308: redirects are not followed; set Url to the address it leads to")]
    public async Task What_went_wrong_is_said_without_the_address(string what, string problem)
    {
        using var over = new CancellationTokenSource();
        Receiver.Answer = async (context, _) =>
        {
            if (what == "hangs")
                await Task.Delay(TimeSpan.FromMinutes(1), over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else if (what == "closes")
                context.Abort();
            context.Response.StatusCode = 308;
            context.Response.Headers.Location = "/hook";
        };
        var address = new UriBuilder(Receiver.Address) { Path = "/hook/a-secret-path", Query = "token=a-secret" };
        if (what == "nobody listens")
            address.Port = 9;
        var sender = await StartAsync(address.Uri);
        Tell(EventKinds.OnAir);
        if (what == "hangs")
        {
            await Receiver.UntilAsync(1);
            Time.Advance(TimeSpan.FromSeconds(10));
        }
        await Until.TrueAsync(() => sender.Status.Single().LastProblem is not null, "it has failed");
        Assert.Equal(problem, sender.Status.Single().LastProblem);
        Assert.DoesNotContain(Logged.All, static line => line.Contains("secret", StringComparison.Ordinal));
        Assert.InRange(Receiver.Tries.Count, 0, 1);
        await over.CancelAsync();
    }

    [Fact]
    public async Task An_answer_is_not_read_beyond_what_is_useful()
    {
        var sender = await StartAsync();
        var sent = 0L;
        Receiver.Answer = async (context, _) =>
        {
            var junk = new byte[64 * 1024];
            // With a length, Kestrel says by each write whether anybody takes any more.
            context.Response.ContentLength = 10_000L * junk.Length;
            var isOver = false;
            for (var i = 0; i < 10_000 && !isOver; i++)
            {
                isOver = (await context.Response.BodyWriter.WriteAsync(junk)).IsCompleted;
                Interlocked.Add(ref sent, junk.Length);
            }
        };
        Tell(EventKinds.OnAir);
        Tell(EventKinds.Slate);
        await Until.TrueAsync(() => sender.Status.Single().Delivered == 2, "both are delivered");
        Assert.True(Interlocked.Read(ref sent) < 100_000_000, $"{sent}");
    }

    [Fact]
    public async Task One_that_answers_410_gets_nothing_more_until_the_next_start()
    {
        var sender = await StartAsync();
        Receiver.Answer = static (context, _) =>
        {
            context.Response.StatusCode = 410;
            return Task.CompletedTask;
        };
        Tell(EventKinds.OnAir);
        await Until.TrueAsync(() => sender.Status.Single().State == HookStatus.Stopped, "it has stopped");
        Tell(EventKinds.OffAir);
        await Until.TrueAsync(() => sender.Status.Single().Dropped == 2, "the second is dropped");
        Assert.Single(Receiver.Tries);
        Assert.Contains("answered 410", Assert.Single(Logged.All), StringComparison.Ordinal);
        await StartAsync();
        Tell(EventKinds.OnAir);
        // The new start tells what is in the log, and then is told off again.
        await Receiver.UntilAsync(2);
    }

    [Fact]
    public async Task Where_too_many_wait_the_oldest_are_dropped_and_counted()
    {
        var sender = await StartAsync();
        Receiver.Answer = (context, received) =>
        {
            context.Response.StatusCode = Receiver.Tries.Count == 1 ? 500 : 200;
            return Task.CompletedTask;
        };
        Tell(EventKinds.OnAir);
        await Until.TrueAsync(() => sender.Status.Single().State == HookStatus.Failing, "the first has failed");
        for (var i = 0; i < 120; i++)
        {
            Tell(EventKinds.Slate);
            // The log's own follower has room for 100, too.
            await Until.TrueAsync(
                () => sender.Status.Single() is var s && s.Waiting + s.Dropped == i + 2,
                () => $"{sender.Status.Single()}"
            );
        }
        Assert.Equal((101, 20), (sender.Status.Single().Waiting, sender.Status.Single().Dropped));
        await WaitAsync(TimeSpan.FromMinutes(1), () => sender.Status.Single().Delivered == 101);
        var numbers = Receiver.Tries.Skip(1).Select(static t => t.Body.GetProperty("data").GetProperty("number").GetInt32());
        Assert.Equal([1, .. Enumerable.Range(22, 100)], numbers);
    }

    [Fact]
    public async Task A_stop_delivers_what_waits_if_it_can()
    {
        var sender = await StartAsync();
        Receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = Receiver.Tries.Count == 1 ? 500 : 200;
            return Task.CompletedTask;
        };
        Tell(EventKinds.OnAir);
        Tell(EventKinds.OffAir);
        await Until.TrueAsync(() => sender.Status.Single().State == HookStatus.Failing, "the first has failed");
        await sender.StopAsync(default);
        Assert.Equal("on-air on-air off-air", Receiver.Kinds);
        Assert.Equal(2, sender.Status.Single().Delivered);
    }

    [Fact]
    public async Task A_stop_waits_two_seconds_and_no_longer()
    {
        using var over = new CancellationTokenSource();
        var sender = await StartAsync();
        Receiver.Answer = (_, _) => Task.Delay(Timeout.Infinite, over.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        Tell(EventKinds.OnAir);
        Tell(EventKinds.OffAir);
        await Receiver.UntilAsync(1);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await sender.StopAsync(default);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(5));
        Assert.Contains("Warning: Hook ops: Spillway stops, and 2 messages could not be delivered before ", Logged.All);
        await over.CancelAsync();
    }
}
