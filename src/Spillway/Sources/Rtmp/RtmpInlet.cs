using System.Threading.Channels;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// Where the publishers of one stream come in. The newest with the right key wins: an earlier one may be half-open, and its
/// owner would be locked out (its connection is closed by <see cref="RtmpPublication.Replaced"/>).
/// </summary>
internal sealed class RtmpInlet
{
    private readonly Lock _gate = new();
    private readonly Channel<RtmpPublication> _publications = Channel.CreateUnbounded<RtmpPublication>();
    private RtmpPublication? _current;

    /// <summary>For the source: publications in the order in which they began. An earlier one has ended before a later one is told.</summary>
    public ChannelReader<RtmpPublication> Publications => _publications.Reader;

    /// <summary>For the server: a publisher with the right key begins.</summary>
    public RtmpPublication Open(string encoder)
    {
        lock (_gate)
        {
            _current?.Replace();
            _current = new RtmpPublication(encoder);
            _publications.Writer.TryWrite(_current);
            return _current;
        }
    }
}

/// <summary>One publisher's time on air, from its <c>publish</c> to its end.</summary>
/// <param name="encoder">What it calls itself, for the log; "" if it does not.</param>
internal sealed class RtmpPublication(string encoder)
{
    /// <summary>Messages read ahead of the source; beyond it the encoder has to wait. About 8 s of video and audio.</summary>
    private const int ReadAhead = 600;

    private readonly Channel<RtmpMedia> _media = Channel.CreateBounded<RtmpMedia>(
        new BoundedChannelOptions(ReadAhead) { SingleReader = true, SingleWriter = true }
    );
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Encoder { get; } = encoder;

    /// <summary>For the source. Completes when the publisher has ended, is gone, or was replaced.</summary>
    public ChannelReader<RtmpMedia> Media => _media.Reader;

    /// <summary>For the server: done when a newer publisher has come; this one's connection is to be closed with a word.</summary>
    public Task Replaced => _replaced.Task;

    /// <summary>For the server. False when it was replaced or refused: nothing more is taken.</summary>
    public async ValueTask<bool> WriteAsync(RtmpMedia media, CancellationToken ct)
    {
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
    public void End() => _media.Writer.TryComplete();

    /// <summary>Why the source refuses what it brings, in words for the encoder's operator; null while it does not.</summary>
    public string? Refusal { get; private set; }

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
}
