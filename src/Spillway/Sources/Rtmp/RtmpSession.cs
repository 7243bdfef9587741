using System.Buffers;
using System.Buffers.Binary;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// One client's conversation, without its socket and without a clock: bytes in, answers and events out. It takes publishers only.
/// </summary>
/// <param name="streamOfKey">The stream that a key opens; null: none.</param>
/// <param name="output">Takes what is to be sent.</param>
internal sealed partial class RtmpSession(Func<string, string?> streamOfKey, IBufferWriter<byte> output)
{
    private const int SmallestWindow = 64 * 1024;
    private const int TagHeader = 11;

    private readonly RtmpHandshake _handshake = new();
    private readonly RtmpChunkReader _chunks = new();
    private readonly RtmpReplies _replies = new(output);

    private RtmpClock _clock = new();
    private long _received;
    private long _acknowledged;
    private long _window = RtmpReplies.Window;

    /// <summary>An event that follows the one given out last.</summary>
    private RtmpEvent? _next;

    /// <summary>What is left of an aggregate message, and the time to be added to its tags'.</summary>
    private ReadOnlyMemory<byte> _tags;
    private uint _tagShift;

    public bool IsShaken => _handshake.IsDone;

    /// <summary>Set when the connection is to be closed; nothing that comes is read any more.</summary>
    public RtmpEnd? End { get; private set; }

    /// <summary>Bytes held for messages that are not whole yet.</summary>
    public int Buffered => _chunks.Buffered;

    /// <summary>Reads up to the next event; to be called again until it gives none.</summary>
    /// <param name="used">How many of the bytes are done with; all of them when there is no event.</param>
    /// <returns>Null: it needs more, or has come to its <see cref="End"/>.</returns>
    public RtmpEvent? Read(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        if (!_handshake.IsDone && End is null)
        {
            used = _handshake.Read(bytes, _replies.Chunks);
            if (_handshake.Problem is { } problem)
                End = new RtmpEnd(problem, IsTold: false);
        }
        var result = ReadMessages(bytes, ref used);
        _received += used;
        if (_received - _acknowledged >= _window && IsShaken && End is null)
        {
            _acknowledged = _received;
            _replies.Acknowledge(_received);
        }
        return result;
    }

    /// <summary>Tells the client, in words for who set it up, why it cannot go on.</summary>
    /// <param name="code">Of an <c>onStatus</c> of level <c>error</c>, as encoders know it.</param>
    public void Refuse(string code, string words)
    {
        if (End is not null)
            return;
        if (_isConnected)
            _replies.Error(_messageStream, code, words);
        End = new RtmpEnd(words, _isConnected);
    }

    private RtmpEvent? ReadMessages(ReadOnlySpan<byte> bytes, ref int used)
    {
        while (true)
        {
            if (Next() is { } next)
                return next;
            if (End is not null)
            {
                used = bytes.Length;
                return null;
            }
            if (_tags.Length > 0)
                ReadTag();
            else if (_chunks.Read(bytes[used..], out var taken) is { } message)
            {
                used += taken;
                Handle(message);
            }
            else
            {
                used += taken;
                if (_chunks.Problem is { } problem)
                    Refuse("NetStream.Failed", problem);
                else
                    return null;
            }
        }
    }

    private RtmpEvent? Next()
    {
        var next = _next;
        _next = _after;
        _after = null;
        return next;
    }

    private void Handle(RtmpMessage message)
    {
        var body = message.Body;
        switch (message.Type)
        {
            case RtmpMessageType.Audio or RtmpMessageType.Video:
                HandleMedia(message.Type, message.Time, body);
                break;
            case RtmpMessageType.Aggregate:
                _tags = body;
                _tagShift = body.Length > TagHeader ? unchecked(message.Time - TimeOfTag(body.Span)) : 0;
                break;
            case RtmpMessageType.Data:
                HandleData(body.Span);
                break;
            case RtmpMessageType.Command:
                HandleCommand(message.Stream, body.Span);
                break;
            // The forms for AMF3 hold AMF0 after a first byte.
            case RtmpMessageType.DataAmf3 when body.Length > 0:
                HandleData(body.Span[1..]);
                break;
            case RtmpMessageType.CommandAmf3 when body.Length > 0:
                HandleCommand(message.Stream, body.Span[1..]);
                break;
            case RtmpMessageType.UserControl when body.Length >= 6 && BinaryPrimitives.ReadUInt16BigEndian(body.Span) == 6:
                _replies.Pong(BinaryPrimitives.ReadUInt32BigEndian(body.Span[2..]));
                break;
            case RtmpMessageType.WindowSize when body.Length >= 4:
                _window = Math.Max(SmallestWindow, BinaryPrimitives.ReadUInt32BigEndian(body.Span));
                break;
            case RtmpMessageType.PeerBandwidth:
                _replies.WindowSize();
                break;
            default:
                break;
        }
    }

    /// <summary>One tag of an aggregate message (RTMP 1.0 section 7.1.6); a broken one ends the message.</summary>
    private void ReadTag()
    {
        var tags = _tags;
        _tags = default;
        if (tags.Length < TagHeader)
            return;
        var header = tags.Span;
        var length = header[1] << 16 | header[2] << 8 | header[3];
        if (length > tags.Length - TagHeader)
            return;
        // Four bytes that say again how long the tag was follow it.
        _tags = tags[Math.Min(tags.Length, TagHeader + length + 4)..];
        var body = tags.Slice(TagHeader, length);
        var type = (RtmpMessageType)header[0];
        if (type is RtmpMessageType.Audio or RtmpMessageType.Video)
            HandleMedia(type, unchecked(TimeOfTag(header) + _tagShift), body);
        else if (type == RtmpMessageType.Data)
            HandleData(body.Span);
    }

    /// <summary>The upper eight bits come last.</summary>
    private static uint TimeOfTag(ReadOnlySpan<byte> tag) => (uint)(tag[7] << 24 | tag[4] << 16 | tag[5] << 8 | tag[6]);

    private void HandleMedia(RtmpMessageType type, uint time, ReadOnlyMemory<byte> body)
    {
        if (_stream is null)
        {
            if (!_chunks.TakesMedia)
                Refuse("NetStream.Publish.Denied", "Media came before the stream was published.");
            return;
        }
        var widened = _clock.Widen(time);
        var reading = type == RtmpMessageType.Video ? FlvTag.ReadVideo(widened, body) : FlvTag.ReadAudio(widened, body);
        if (reading.Media is RtmpVideoFrame or RtmpAudioFrame)
            _clock.Follow(widened);
        if (reading.Refusal is { } refusal)
            Refuse("NetStream.Publish.Denied", refusal);
        else if (reading.Media is { } media && _hasBegun)
            _next = new RtmpMediaArrived(media);
        else if (reading.Media is not null && streamOfKey(_key) != _stream)
            // It was changed between the command and the first media.
            Refuse("NetStream.Publish.BadName", KeyRefusal);
        else if (reading.Media is { } first)
        {
            _hasBegun = true;
            (_next, _after) = (new RtmpPublishBegan(_stream, _encoder), new RtmpMediaArrived(first));
        }
    }
}
