using System.Buffers;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>A session and what came of the bytes it got.</summary>
internal sealed class Conversation
{
    private readonly ArrayBufferWriter<byte> _output = new();

    public Conversation() => Session = new RtmpSession(static key => key == Client.Key ? "live" : null, _output);

    public RtmpSession Session { get; }

    public List<RtmpEvent> Events { get; } = [];

    public IEnumerable<RtmpMedia> Media => Events.OfType<RtmpMediaArrived>().Select(static e => e.Media);

    public int Written => _output.WrittenCount;

    /// <summary>One that has published.</summary>
    public static Conversation Publishing() =>
        new Conversation().Send(Client.Hello).Send(Client.Connect()).Send(Client.CreateStream()).Send(Client.Publish());

    public Conversation Send(ReadOnlySpan<byte> bytes)
    {
        while (Session.Read(bytes, out var used) is { } happened)
        {
            Events.Add(happened);
            bytes = bytes[used..];
        }
        return this;
    }

    /// <summary>The values of all commands that the client was sent.</summary>
    public List<List<object?>> Answers() =>
        [.. Messages().Where(static m => m.Type == RtmpMessageType.Command).Select(static m => AmfReader.ReadAll(m.Body.Span))];

    public List<RtmpMessage> Messages() => Read(_output.WrittenSpan);

    public static List<RtmpMessage> Read(ReadOnlySpan<byte> answers)
    {
        var reader = new RtmpChunkReader();
        var messages = new List<RtmpMessage>();
        if (answers.Length <= 3073)
            return messages;
        answers = answers[3073..];
        while (reader.Read(answers, out var used) is { } message)
        {
            messages.Add(message);
            answers = answers[used..];
        }
        Assert.Null(reader.Problem);
        return messages;
    }

    /// <summary>Level, code and description of the last status.</summary>
    public (string Level, string Code, string Description) Status() => Status(Messages());

    public static (string Level, string Code, string Description) Status(IEnumerable<RtmpMessage> messages)
    {
        var status =
            (Dictionary<string, object?>)
                messages
                    .Where(static m => m.Type == RtmpMessageType.Command)
                    .Select(static m => AmfReader.ReadAll(m.Body.Span))
                    .Last(static values => values[0] is "onStatus")[3]!;
        return ((string)status["level"]!, (string)status["code"]!, (string)status["description"]!);
    }
}
