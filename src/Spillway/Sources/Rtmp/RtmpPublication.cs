using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// One publisher's time on air, from its first media to its end. What is read ahead of the source is bounded, in messages and in
/// bytes; beyond it the encoder has to wait.
/// </summary>
internal sealed class RtmpPublication
{
    /// <summary>Bytes read ahead; a single message may be larger.</summary>
    public const long MostBytes = 32L << 20;

    /// <summary>Messages read ahead: about 8 s of video and audio.</summary>
    private const int MostMessages = 600;

    private readonly Lock _gate = new();
    private readonly Channel<RtmpMedia> _media = Channel.CreateBounded<RtmpMedia>(
        new BoundedChannelOptions(MostMessages) { SingleReader = true, SingleWriter = true }
    );
    private readonly TaskCompletionSource _replaced = NewSignal();
    private TaskCompletionSource _room = NewSignal();
    private long _ahead;
    private bool _ended;

    /// <param name="encoder">What it calls itself, for the log; "" if it does not.</param>
    public RtmpPublication(string encoder)
    {
        Encoder = encoder;
        Media = new CountedReader(this);
    }

    public string Encoder { get; }

    /// <summary>For the source. Completes when the publisher has ended, is gone, or was replaced.</summary>
    public ChannelReader<RtmpMedia> Media { get; }

    /// <summary>For the server: done when a newer publisher has come; this one's connection is to be closed with a word.</summary>
    public Task Replaced => _replaced.Task;

    /// <summary>Why the source refuses what it brings, in words for the encoder's operator; null while it does not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>For the server. False when it was replaced or refused: nothing more is taken.</summary>
    public async ValueTask<bool> WriteAsync(RtmpMedia media, CancellationToken ct)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_ended)
                    return false;
                if (_ahead == 0 || _ahead + media.Size <= MostBytes)
                {
                    _ahead += media.Size;
                    break;
                }
                room = _room.Task;
            }
            await room.WaitAsync(ct);
        }
        try
        {
            await _media.Writer.WriteAsync(media, ct);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>For the server: the publisher has gone.</summary>
    public void End()
    {
        _media.Writer.TryComplete();
        MakeRoom(0, ended: true);
    }

    /// <summary>For the source: what it brings cannot be published.</summary>
    public void Refuse(string reason)
    {
        Refusal ??= reason;
        End();
    }

    public void Replace()
    {
        End();
        _replaced.TrySetResult();
    }

    private void MakeRoom(int bytes, bool ended = false)
    {
        TaskCompletionSource made;
        lock (_gate)
        {
            _ahead -= bytes;
            _ended |= ended;
            (made, _room) = (_room, NewSignal());
        }
        made.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class CountedReader(RtmpPublication publication) : ChannelReader<RtmpMedia>
    {
        private readonly ChannelReader<RtmpMedia> _inner = publication._media.Reader;

        public override Task Completion => _inner.Completion;

        public override bool CanCount => _inner.CanCount;

        public override int Count => _inner.Count;

        public override bool CanPeek => _inner.CanPeek;

        public override bool TryPeek([MaybeNullWhen(false)] out RtmpMedia item) => _inner.TryPeek(out item);

        public override bool TryRead([MaybeNullWhen(false)] out RtmpMedia item)
        {
            if (!_inner.TryRead(out item))
                return false;
            publication.MakeRoom(item.Size);
            return true;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
            _inner.WaitToReadAsync(cancellationToken);
    }
}
