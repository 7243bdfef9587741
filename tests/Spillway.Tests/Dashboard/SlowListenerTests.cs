using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Admin;
using Spillway.Dashboard;
using Spillway.Events;
using Spillway.Tests.Admin;

namespace Spillway.Tests.Dashboard;

/// <summary>Server-sent events to one real socket, by a clock of the test: while nothing happens, and while nobody reads.</summary>
public sealed class SlowListenerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private RunningServer _server = null!;
    private EventLog _log = null!;
    private StatusFeed _feed = null!;
    private EventStream _events = null!;
    private TcpClient _reader = null!;
    private TcpClient _writer = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(static options => options.Admin.Token = Operator.Token);
        await _server.UntilWriterAsync();
        _log = new EventLog(_time.GetUtcNow);
        // Its clock stands: after the first status none comes.
        _feed = new StatusFeed(
            _server.Service<StatusMaker>(),
            _server.Streams,
            new FakeTimeProvider(),
            NullLogger<StatusFeed>.Instance
        );
        _events = new EventStream(_feed, _log, _server.Service<AdminKeys>(), _server.Service<IHostApplicationLifetime>(), _time);
        _listener.Start();
        _reader = new TcpClient { ReceiveBufferSize = 4096 };
        await _reader.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        _writer = await _listener.AcceptTcpClientAsync();
        _writer.SendBufferSize = 4096;
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _writer.Dispose();
        _listener.Dispose();
        _feed.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_heartbeat_comes_when_nothing_else_does_and_not_sooner()
    {
        var over = Listen();
        using var lines = new StreamReader(_reader.GetStream(), leaveOpen: true);
        await UntilLineAsync(lines, static line => line == "event: status");
        var heartbeat = UntilLineAsync(lines, static line => line == ": here");
        var quiet = TimeSpan.Zero;
        while (!heartbeat.IsCompleted)
        {
            quiet += TimeSpan.FromSeconds(1);
            _time.Advance(TimeSpan.FromSeconds(1));
            // The stream waits by the test's clock, and writes by the machine's.
            await Task.WhenAny(heartbeat, Task.Delay(TimeSpan.FromMilliseconds(100)));
            Assert.True(quiet < 4 * EventStream.Heartbeat, $"nothing has come in {quiet}");
        }
        Assert.True(await heartbeat);
        Assert.True(quiet >= EventStream.Heartbeat, $"{quiet}");
        _reader.Dispose();
        await EndAsync(over);
    }

    [Fact]
    public async Task One_that_stops_reading_is_dropped_and_meanwhile_costs_a_bounded_number_of_events()
    {
        var over = Listen();
        await Until.TrueAsync(() => _feed.Listeners == 1, "it listens");
        // Far more than the two sockets' buffers take.
        var told = Tell(5000);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var alive = told.Count(static text => text.TryGetTarget(out _));
        Assert.InRange(alive, 1, EventLog.Kept + EventLog.Buffer + 5);

        Assert.False(over.IsCompleted);
        var stuck = TimeSpan.Zero;
        while (!over.IsCompleted)
        {
            stuck += TimeSpan.FromSeconds(1);
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(over, Task.Delay(TimeSpan.FromMilliseconds(50)));
            Assert.True(stuck < 4 * EventStream.Patience, "it is still there");
        }
        await over;
        Assert.True(stuck >= EventStream.Patience, $"{stuck}");
        Assert.Equal(0, _feed.Listeners);
        Assert.Contains("event: status", await LeftAsync(), StringComparison.Ordinal);
    }

    /// <returns>What was told, held by nobody here.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference<string>> Tell(int count)
    {
        var told = new List<WeakReference<string>>();
        for (var i = 0; i < count; i++)
        {
            var text = new string('x', 5000) + i;
            told.Add(new WeakReference<string>(text));
            _log.Add(EventLevel.Info, "live", EventKinds.Operator, text);
        }
        return told;
    }

    private Task Listen()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Get;
        context.Request.Headers.Authorization = $"Bearer {Operator.Token}";
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Response.Body = _writer.GetStream();
        return Task.Run(() => _events.HandleAsync(context));
    }

    /// <returns>False: it has ended before.</returns>
    private static async Task<bool> UntilLineAsync(StreamReader lines, Func<string, bool> what)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            if (what(line))
                return true;
        }
        return false;
    }

    private async Task<string> LeftAsync()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await _reader.GetStream().ReadAsync(buffer));
    }

    /// <summary>The next thing it writes shows it that nobody is there.</summary>
    private async Task EndAsync(Task over)
    {
        await Until.TrueAsync(
            () =>
            {
                _log.Add(EventLevel.Info, "live", EventKinds.Operator, "anybody?");
                return over.IsCompleted;
            },
            "it has ended"
        );
        await over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
