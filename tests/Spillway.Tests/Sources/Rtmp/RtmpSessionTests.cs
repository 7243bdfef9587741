using System.Buffers.Binary;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class RtmpSessionTests
{
    [Fact]
    public void An_encoder_that_publishes_is_told_so_and_its_media_come_out()
    {
        var talk = new Conversation()
            .Send(Client.Hello)
            .Send(Client.Connect())
            .Send(Client.CreateStream())
            .Send(Client.Publish());
        Assert.Equal(("status", "NetStream.Publish.Start"), (talk.Status().Level, talk.Status().Code));
        Assert.Equal(
            [RtmpMessageType.WindowSize, RtmpMessageType.PeerBandwidth],
            talk.Messages().Take(2).Select(static m => m.Type)
        );
        var answers = talk.Answers();
        Assert.Equal(["_result", 1d], answers[0].Take(2));
        Assert.Equal(["_result", 4d, null, 1d], answers[1]);
        // Nobody is on air who sends nothing.
        Assert.Empty(talk.Events);
        talk.Send(Client.Video(Client.VideoConfiguration)).Send(Client.Video(Client.Frame(isKeyframe: true), 40));
        Assert.Equal(new RtmpPublishBegan("live", "FMLE/3.0 (compatible; Test)"), talk.Events[0]);
        Assert.Equal([0L, 40L], talk.Media.Select(static m => m.Time));
        Assert.Null(talk.Session.End);
    }

    [Fact]
    public void Every_byte_may_come_alone()
    {
        byte[] bytes =
        [
            .. Client.Hello,
            .. Client.Connect(),
            .. Client.CreateStream(),
            .. Client.Publish(),
            .. Client.Video(Client.VideoConfiguration),
            .. Client.Video(Client.Frame(500), 40),
        ];
        var talk = new Conversation();
        foreach (var one in bytes)
            talk.Send([one]);
        Assert.Equal(2, talk.Media.Count());
        Assert.Equal(new Conversation().Send(bytes).Messages().Count, talk.Messages().Count);
    }

    [Fact]
    public void The_handshake_gives_the_client_its_own_bytes_back_also_those_of_the_complex_one()
    {
        var hello = new byte[1537];
        new Random(1).NextBytes(hello);
        // Version of the client and a digest make it a complex one.
        new byte[] { 3, 0, 0, 0, 0, 9, 0, 124, 2 }.CopyTo(hello, 0);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var session = new RtmpSession(static _ => null, output);
        session.Read(hello.AsSpan(0, 1536), out _);
        Assert.Equal(0, output.WrittenCount);
        session.Read(hello.AsSpan(1536), out _);
        Assert.Equal(1 + 2 * 1536, output.WrittenCount);
        Assert.Equal([3, 0, 0, 0, 0, 0, 0, 0, 0], output.WrittenSpan[..9].ToArray());
        Assert.Equal(hello[1..], output.WrittenSpan[1537..].ToArray());
        Assert.False(session.IsShaken);
        session.Read(new byte[1536], out _);
        Assert.True(session.IsShaken);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", "HTTP")]
    [InlineData("\u0016\u0003\u0001", "rtmps")]
    [InlineData("\u0006", "rtmpe")]
    [InlineData("\u0000", "version 0")]
    public void What_is_not_RTMP_is_known_by_its_first_byte(string bytes, string word)
    {
        var talk = new Conversation().Send(System.Text.Encoding.Latin1.GetBytes(bytes));
        Assert.Contains(word, talk.Session.End!.Reason, StringComparison.Ordinal);
        Assert.False(talk.Session.End.IsTold);
        Assert.Equal(0, talk.Written);
    }

    [Theory]
    [InlineData("live", "another-key", "No stream that takes RTMP has this key")]
    [InlineData("live", "", "must be rtmp://HOST:PORT/live/KEY")]
    [InlineData("app", Client.Key, "must be rtmp://HOST:PORT/live/KEY")]
    [InlineData(Client.Key, "", "must be rtmp://HOST:PORT/live/KEY")]
    public void A_wrong_key_or_address_is_answered_in_plain_words_without_the_key(string app, string name, string words)
    {
        var talk = new Conversation()
            .Send(Client.Hello)
            .Send(Client.Connect(app))
            .Send(Client.CreateStream())
            .Send(Client.Publish(name));
        var (level, code, description) = talk.Status();
        Assert.Equal(("error", "NetStream.Publish.BadName"), (level, code));
        Assert.Contains(words, description, StringComparison.Ordinal);
        Assert.InRange(description.Length, 1, 255);
        Assert.Equal(description, talk.Session.End!.Reason);
        Assert.True(talk.Session.End.IsTold);
        foreach (var secret in new[] { Client.Key, "another-key" })
            Assert.DoesNotContain(secret, description, StringComparison.Ordinal);
        talk.Send(Client.Video(Client.VideoConfiguration));
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Who_wants_to_play_is_told_where_to_watch()
    {
        var talk = new Conversation().Send(Client.Hello).Send(Client.Connect()).Send(Client.CreateStream());
        talk.Send(Client.Command("play", 0, static values => values.Null().Text("live"), stream: 1));
        Assert.Equal(("error", "NetStream.Play.Failed"), (talk.Status().Level, talk.Status().Code));
        Assert.Contains("HLS playlist", talk.Session.End!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_for_other_servers_do_no_harm()
    {
        var talk = new Conversation().Send(Client.Hello).Send(Client.Connect());
        foreach (var call in new[] { "releaseStream", "FCPublish", "_checkbw", "getStreamLength", "setPeerInfo", "xyz" })
            talk.Send(Client.Command(call, 7, static values => values.Null().Text(Client.Key)));
        // An answer for those who wait for one.
        Assert.Equal(3, talk.Answers().Count(static a => a is ["_result", 7d, ..]));
        talk.Send(Client.CreateStream()).Send(Client.Publish());
        Assert.Equal("NetStream.Publish.Start", talk.Status().Code);
    }

    [Theory]
    [InlineData("FCUnpublish")]
    [InlineData("deleteStream")]
    [InlineData("closeStream")]
    public void A_stream_that_ends_can_begin_again_with_a_clock_of_its_own(string command)
    {
        var talk = Conversation.Publishing().Send(Client.Video(Client.VideoConfiguration, 0xfffffff0));
        talk.Send(Client.Command(command, 6, static values => values.Null()));
        Assert.IsType<RtmpPublishEnded>(talk.Events[^1]);
        Assert.Equal("NetStream.Unpublish.Success", talk.Status().Code);
        // What was under way when it ended.
        talk.Send(Client.Video(Client.Frame(), 0xfffffff8));
        Assert.Single(talk.Media);
        talk.Send(Client.Publish()).Send(Client.Video(Client.VideoConfiguration, 5));
        Assert.Equal(5, talk.Media.Last().Time);
        Assert.Equal(2, talk.Events.OfType<RtmpPublishBegan>().Count());
        Assert.Null(talk.Session.End);
    }

    [Fact]
    public void A_stream_that_never_was_on_air_ends_without_a_word_to_the_server()
    {
        var talk = Conversation.Publishing().Send(Client.Command("deleteStream", 6));
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void The_encoder_s_name_is_that_of_its_metadata_on_one_short_line()
    {
        var talk = Conversation.Publishing().Send(Client.Metadata("obs-output\r\nmodule " + new string('x', 500)));
        talk.Send(Client.Audio(Client.AudioConfiguration));
        var name = talk.Events.OfType<RtmpPublishBegan>().Single().Encoder;
        Assert.StartsWith("obs-outputmodule xxx", name, StringComparison.Ordinal);
        Assert.Equal(80, name.Length);
    }

    [Theory]
    [InlineData("90" + "68766331" + "01", "HEVC")]
    [InlineData("12", "H.263")]
    public void Another_codec_ends_it_with_words_and_nobody_goes_on_air(string hex, string name)
    {
        var talk = Conversation.Publishing().Send(Client.Video(Convert.FromHexString(hex)));
        Assert.Equal(("error", "NetStream.Publish.Denied"), (talk.Status().Level, talk.Status().Code));
        Assert.Contains(name, talk.Status().Description, StringComparison.Ordinal);
        Assert.Empty(talk.Events);
        Assert.True(talk.Session.End!.IsTold);
    }

    [Fact]
    public void The_source_s_refusal_reaches_the_encoder()
    {
        var talk = Conversation.Publishing().Send(Client.Audio(Client.AudioConfiguration));
        talk.Session.Refuse("NetStream.Publish.Denied", "The picture is too large.");
        Assert.Equal(("error", "NetStream.Publish.Denied", "The picture is too large."), talk.Status());
        Assert.Equal(1u, talk.Messages()[^1].Stream);
        talk.Send(Client.Audio(Client.AudioConfiguration));
        Assert.Single(talk.Media);
    }

    [Fact]
    public void A_second_stream_on_the_same_connection_is_refused()
    {
        var talk = Conversation.Publishing().Send(Client.Publish());
        Assert.Equal("NetStream.Publish.BadName", talk.Status().Code);
        Assert.Contains("already", talk.Status().Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_before_connect_and_media_before_publish_end_it()
    {
        var hasty = new Conversation().Send(Client.Hello).Send(Client.Publish());
        Assert.Contains("before it had connected", hasty.Session.End!.Reason, StringComparison.Ordinal);
        var sending = new Conversation().Send(Client.Hello).Send(Client.Connect()).Send(Client.Video(Client.VideoConfiguration));
        Assert.Contains("before the stream was published", sending.Status().Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_giant_message_is_refused_with_words()
    {
        var talk = Conversation.Publishing().Send([0x04, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0]);
        Assert.Contains("16777215 bytes", talk.Status().Description, StringComparison.Ordinal);
        Assert.Equal(0, talk.Session.Buffered);
    }

    [Fact]
    public void What_was_received_is_acknowledged_by_the_client_s_window()
    {
        var talk = Conversation.Publishing();
        talk.Send(Client.Message(RtmpMessageType.WindowSize, Client.Number(100_000), stream: 0, chunkStream: 2));
        for (var i = 0; i < 40; i++)
            talk.Send(Client.Video(Client.Frame(10_000), (uint)(40 * i)));
        var acknowledged = talk.Messages()
            .Where(static m => m.Type == RtmpMessageType.Acknowledgement)
            .Select(static m => BinaryPrimitives.ReadUInt32BigEndian(m.Body.Span))
            .ToList();
        Assert.InRange(acknowledged.Count, 3, 5);
        Assert.All(
            acknowledged.Zip(acknowledged.Skip(1)),
            static pair => Assert.InRange(pair.Second - pair.First, 100_000u, 112_000u)
        );
    }

    [Fact]
    public void A_ping_is_answered_with_its_time()
    {
        var talk = Conversation.Publishing();
        talk.Send(Client.Message(RtmpMessageType.UserControl, [0, 6, 1, 2, 3, 4], stream: 0, chunkStream: 2));
        Assert.Equal([0, 7, 1, 2, 3, 4], talk.Messages()[^1].Body.ToArray());
    }

    [Fact]
    public void Commands_in_the_form_for_AMF3_are_understood()
    {
        var connect = new AmfWriter().Text("connect").Number(1).Object(("app", "live"));
        var talk = new Conversation().Send(Client.Hello);
        talk.Send(Client.Message(RtmpMessageType.CommandAmf3, [0, .. connect.Written], stream: 0));
        Assert.Equal("_result", talk.Answers().Single()[0]);
    }

    [Fact]
    public void The_tags_of_an_aggregate_come_out_one_by_one_by_the_message_s_time()
    {
        byte[] tags =
        [
            .. Tag(9, 1000, Client.VideoConfiguration),
            .. Tag(8, 1010, Client.AudioConfiguration),
            .. Tag(18, 1010, [2, 0, 1, 1]),
            .. Tag(9, 1040, Client.Frame(3)),
            // Cut off.
            .. Tag(9, 1080, Client.Frame(3))[..^8],
        ];
        var talk = Conversation.Publishing().Send(Client.Message(RtmpMessageType.Aggregate, tags, time: 5000));
        Assert.Equal([5000L, 5010L, 5040L], talk.Media.Select(static m => m.Time));
        Assert.Equal(3, ((RtmpVideoFrame)talk.Media.Last()).Data.Length);
    }

    private static byte[] Tag(byte type, int time, byte[] body) =>
        [
            .. (byte[])[type, 0, 0, (byte)body.Length, (byte)(time >> 16), (byte)(time >> 8), (byte)time, 0, 0, 0, 0],
            .. body,
            .. Client.Number((uint)(11 + body.Length)),
        ];
}
