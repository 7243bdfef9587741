namespace Spillway.Sources.Rtmp;

internal sealed partial class RtmpSession
{
    private const int LongestEncoder = 80;

    private const string KeyRefusal =
        "No stream that takes RTMP has this key. Set the encoder's stream key to the one in Spillway's settings (Key) or in keys.json in its "
        + "data folder.";

    private bool _isConnected;
    private string _app = "";
    private uint _streamsCreated;

    /// <summary>The message stream that is published on; 0: none.</summary>
    private uint _messageStream;

    /// <summary>Of Spillway, while it is published to.</summary>
    private string? _stream;

    /// <summary>With which it is published.</summary>
    private string _key = "";
    private bool _hasBegun;
    private string _encoder = "";
    private RtmpEvent? _after;

    private void HandleCommand(uint messageStream, ReadOnlySpan<byte> body)
    {
        var values = AmfReader.ReadAll(body);
        if (values is not [string command, ..])
        {
            Refuse("NetStream.Failed", "A command came that cannot be read.");
            return;
        }
        var transaction = values.ElementAtOrDefault(1) is double number ? number : 0;
        if (!_isConnected && command != "connect")
        {
            End = new RtmpEnd("It gave a command before it had connected.", IsTold: false);
            return;
        }
        switch (command)
        {
            case "connect":
                Connect(transaction, values.ElementAtOrDefault(2) as Dictionary<string, object?>);
                break;
            case "createStream":
                _replies.StreamCreated(transaction, ++_streamsCreated);
                break;
            case "publish":
                Publish(messageStream, values.ElementAtOrDefault(3) as string ?? "");
                break;
            case "play" or "play2":
                _messageStream = messageStream;
                Refuse(
                    "NetStream.Play.Failed",
                    "Spillway takes streams by RTMP and does not play them; viewers open its page or its HLS playlist."
                );
                break;
            case "FCUnpublish" or "closeStream" or "deleteStream":
                Unpublish();
                break;
            case "releaseStream" or "FCPublish" or "_checkbw":
                _replies.Done(transaction);
                break;
            default:
                // Encoders make calls of the servers they were made for, and go on without an answer.
                break;
        }
    }

    private void Connect(double transaction, Dictionary<string, object?>? about)
    {
        if (_isConnected)
            return;
        _isConnected = true;
        _app = about?.GetValueOrDefault("app") as string ?? "";
        _encoder = NameOf(about?.GetValueOrDefault("flashVer"));
        _replies.Connected(transaction);
    }

    private void Publish(uint messageStream, string name)
    {
        if (_stream is not null)
        {
            Refuse("NetStream.Publish.BadName", "This connection publishes already; each stream needs its own.");
            return;
        }
        _messageStream = messageStream;
        if (RtmpAddress.KeyOf(_app, name) is not { } key)
            Refuse(
                "NetStream.Publish.BadName",
                $"The address must be rtmp://HOST:PORT/{RtmpAddress.App}/KEY: set the encoder's server to one that ends in /{RtmpAddress.App}, "
                    + "and its stream key to the key that Spillway has for the stream."
            );
        else if (streamOfKey(key) is not { } stream)
            Refuse("NetStream.Publish.BadName", KeyRefusal);
        else
        {
            (_stream, _key) = (stream, key);
            _clock = new RtmpClock();
            _chunks.TakesMedia = true;
            _replies.PublishStarted(messageStream);
        }
    }

    private void Unpublish()
    {
        if (_stream is null)
            return;
        _replies.Unpublished(_messageStream);
        if (_hasBegun)
            _next = new RtmpPublishEnded();
        (_stream, _hasBegun, _messageStream) = (null, false, 0);
    }

    /// <summary>Metadata are believed in one thing only: the encoder's name.</summary>
    private void HandleData(ReadOnlySpan<byte> body)
    {
        var values = AmfReader.ReadAll(body);
        if (values is ["@setDataFrame", ..])
            values.RemoveAt(0);
        if (
            values is ["onMetaData", Dictionary<string, object?> metadata, ..]
            && NameOf(metadata.GetValueOrDefault("encoder")) is { Length: > 0 } name
        )
            _encoder = name;
    }

    /// <summary>One line that is not long, since it goes into the log.</summary>
    private static string NameOf(object? value) =>
        value is string text
            ? new string([.. text.Where(static c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(LongestEncoder)]).Trim()
            : "";
}
