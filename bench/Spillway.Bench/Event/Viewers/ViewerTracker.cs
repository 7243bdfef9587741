using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Spillway.Bench.Tracker;
using Spillway.Streams;

namespace Spillway.Bench.Event.Viewers;

/// <summary>
/// A viewer's signalling, as bittorrent-tracker's client in a browser does it: five offers in every announce, an answer to every offer
/// after 0.2 s, the next announce after the interval of any message, never a <c>stopped</c>. Where an offer is answered the two are
/// taken to be connected; no bytes pass between them.
/// </summary>
internal sealed class ViewerTracker : IDisposable
{
    private static readonly TimeSpan s_answersAfter = TimeSpan.FromMilliseconds(200);

    private readonly Scene _scene;
    private readonly ViewerHttp _http;
    private readonly Losses _losses;
    private readonly Random _random;
    private readonly byte[] _peerId;
    private readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer _timer;
    private volatile BrowserMessages? _messages;
    private volatile ViewerSocket? _socket;
    private volatile Uri? _address;
    private CancellationToken _over;
    private int _partners;

    public ViewerTracker(Scene scene, int number, ViewerHttp http, Losses losses, Random random)
    {
        (_scene, _http, _losses, _random) = (scene, http, losses, random);
        _peerId = Encoding.ASCII.GetBytes(FormattableString.Invariant($"-PM0203-{number:D12}"));
        _timer = new Timer(_ => _ = AnnounceAsync(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Answered offers, both ways.</summary>
    public int Partners => Volatile.Read(ref _partners);

    public void Follow(PlayerDocument player)
    {
        if (player.Peers.Enabled && player.Trackers is [var first, ..])
            _address = new Uri(first.Replace("{host}", _scene.Edge.Host, StringComparison.Ordinal));
        StartIfKnown();
    }

    /// <summary>Goes to this swarm; the one before is left without a word.</summary>
    public void Join(string infoHash)
    {
        _messages = _scene.MessagesOf(infoHash);
        StartIfKnown();
        _ = AnnounceAsync();
    }

    /// <summary>Until it is over.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        _over = over;
        await _wanted.Task.WaitAsync(over);
        double? first = null;
        while (true)
        {
            using var lost = CancellationTokenSource.CreateLinkedTokenSource(over);
            try
            {
                _scene.Tally.AddTrackerSocket();
                using var socket = await ViewerSocket.OpenAsync(_address!, _http, _scene.Edge, over);
                first ??= Scene.Now;
                if (_losses.Next is { } after)
                    lost.CancelAfter(TimeSpan.FromSeconds(Math.Max(0.1, first.Value + after - Scene.Now)));
                _socket = socket;
                await AnnounceAsync();
                while (await socket.ReceiveAsync(lost.Token) is { Length: > 0 } message)
                    Receive(socket, message.Span);
                _scene.Verdicts.NoteSocket("the tracker closed a WebSocket");
            }
            catch (OperationCanceledException) when (!over.IsCancellationRequested)
            {
                _losses.Passed();
            }
            catch (WebSocketException exception)
            {
                _scene.Verdicts.NoteSocket($"the tracker's WebSocket: {exception.Message}");
            }
            finally
            {
                _socket = null;
                _timer.Change(Timeout.Infinite, Timeout.Infinite);
            }
            // p2p/tracker-link.ts: at a random moment of a time that grows with the swarm.
            await Task.Delay(TimeSpan.FromSeconds(_random.NextDouble() * Math.Max(3, _scene.Plan.Viewers / 60.0)), over);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void StartIfKnown()
    {
        if (_address is not null && _messages is not null)
            _wanted.TrySetResult();
    }

    private async Task AnnounceAsync()
    {
        if (_socket is not { } socket || _messages is not { } messages)
            return;
        var message = new byte[BrowserMessages.MaxLength];
        var length = messages.WriteAnnounce(_peerId, Stopwatch.GetTimestamp(), message);
        if (await TrySendAsync(socket, message.AsMemory(0, length)))
            _scene.Tally.AddAnnounce();
    }

    private void Receive(ViewerSocket socket, ReadOnlySpan<byte> message)
    {
        var notice = TrackerNotice.Read(message);
        // What comes of a swarm that it has left finds nobody.
        if (_messages is not { } messages || !messages.IsOf(notice.InfoHash))
            return;
        if (notice.Interval > 0)
            _timer.Change(TimeSpan.FromSeconds(notice.Interval), TimeSpan.FromSeconds(notice.Interval));
        if (notice.IsOffer)
        {
            _scene.Tally.AddOffer();
            Interlocked.Increment(ref _partners);
            var answer = new byte[BrowserMessages.MaxLength];
            var length = messages.WriteAnswer(_peerId, notice.PeerId, notice.OfferId, answer);
            _ = AnswerAsync(socket, answer.AsMemory(0, length));
        }
        else if (notice.IsAnswer)
        {
            _scene.Tally.AddAnswer();
            Interlocked.Increment(ref _partners);
        }
        else if (notice.Failure.StartsWith("no such offer"u8))
            _scene.Tally.AddLateAnswer();
        else if (notice.Interval == 0)
            _scene.Verdicts.NoteSocket($"the tracker says {Encoding.UTF8.GetString(message)}");
    }

    private async Task AnswerAsync(ViewerSocket socket, ReadOnlyMemory<byte> answer)
    {
        await Task.Delay(s_answersAfter, CancellationToken.None);
        await TrySendAsync(socket, answer);
    }

    private async Task<bool> TrySendAsync(ViewerSocket socket, ReadOnlyMemory<byte> text)
    {
        try
        {
            return await socket.SendAsync(text, _over);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
