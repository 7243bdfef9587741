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

    /// <summary>An encoder is on air, or what it has sent is still being taken.</summary>
    public bool IsPublishedTo
    {
        get
        {
            lock (_gate)
                return _current is { Media.Completion.IsCompleted: false };
        }
    }

    /// <summary>For the operator: whoever publishes has to begin anew.</summary>
    /// <param name="reason">For the encoder's operator.</param>
    /// <returns>Whether somebody did.</returns>
    public bool Drop(string reason)
    {
        lock (_gate)
        {
            if (!IsPublishedTo)
                return false;
            _current!.Refuse(reason);
            return true;
        }
    }
}
