using System.Diagnostics;
using System.Text;
using CsCheck;
using Spillway.Playlists;

namespace Spillway.Tests.Playlists;

public sealed class PlaylistPropertyTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-_./?=&,;:%é"], 1, 24];
    private static readonly Gen<long> Count = Gen.Long[0, 1L << 40];
    private static readonly Gen<ByteRange> Range = Gen.Select(
        Count,
        Gen.Long[1, 1L << 30],
        (offset, length) => new ByteRange(offset, length)
    );

    private static readonly Gen<InitializationSectionReference> Map = Gen.Select(
        Name,
        Range.Nullable(),
        (uri, range) => new InitializationSectionReference(uri, range)
    );

    private static readonly Gen<EncryptionKey> Key = Gen.Select(
        Either("AES-128", "SAMPLE-AES"),
        Name.Null(),
        Either<string?>("0x0123456789ABCDEF", null),
        (method, uri, iv) => new EncryptionKey(method, uri, iv)
    );

    private static readonly Gen<DateTimeOffset> Date = Gen.Long[0, 4_000_000_000_000]
        .Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<MediaSegment> Segment = Gen.Select(
        Name,
        Gen.Long[0, 10_499_999],
        Gen.Byte,
        Date.Nullable(),
        Range.Nullable(),
        Key.Null(),
        Map.Null(),
        (uri, micros, flags, date, range, key, map) =>
            new MediaSegment
            {
                Uri = uri,
                Duration = TimeSpan.FromMicroseconds(micros),
                Discontinuity = flags % 3 == 0,
                Gap = flags % 5 == 0,
                ProgramDateTime = date,
                Range = range,
                Key = key,
                Map = map,
            }
    );

    private static readonly Gen<MediaPlaylist> Media = Gen.Select(
        Gen.Int[11, 1000],
        Count,
        Count,
        Gen.Enum<PlaylistType>(),
        Gen.Bool,
        Gen.Bool,
        Gen.Select(Count, Count, (epoch, revision) => new Stamp(epoch, revision)).Nullable(),
        Segment.Array[0, 12],
        (target, sequence, discontinuities, type, independent, ended, stamp, segments) =>
            new MediaPlaylist
            {
                TargetDuration = target,
                MediaSequence = sequence,
                DiscontinuitySequence = discontinuities,
                Type = type,
                IndependentSegments = independent,
                Ended = ended,
                Stamp = stamp,
                Segments = KeepingMaps(segments),
            }
    );

    private static readonly Gen<Variant> Variant = Gen.Select(
        Name,
        Gen.Long[1, 1L << 40],
        Name.Null(),
        Gen.Select(Gen.Int[1, 9999], Gen.Int[1, 9999], (width, height) => new Resolution(width, height)).Nullable(),
        Gen.Int[1, 240_000].Nullable(),
        (uri, bandwidth, codecs, resolution, rate) =>
            new Variant
            {
                Uri = uri,
                Bandwidth = bandwidth,
                AverageBandwidth = bandwidth % 2 == 0 ? bandwidth / 2 : null,
                Codecs = codecs,
                Resolution = resolution,
                FrameRate = rate / 1000.0,
            }
    );

    [Fact]
    public void What_was_written_is_read_as_it_was() =>
        Media.Sample(
            playlist =>
            {
                var parsed = PlaylistParser.Parse(PlaylistWriter.Write(playlist));
                Assert.Null(parsed.Error);
                PlaylistParserTests.Same(playlist, WithoutKeysOfMaps(parsed.Media!));
            },
            iter: 2000
        );

    [Fact]
    public void A_multivariant_playlist_that_was_written_is_read_as_it_was() =>
        Variant
            .Array[1, 6]
            .Sample(
                variants =>
                {
                    var playlist = new MultivariantPlaylist { Variants = variants, IndependentSegments = variants.Length > 2 };
                    var parsed = PlaylistParser.Parse(PlaylistWriter.Write(playlist));
                    Assert.Null(parsed.Error);
                    Assert.Equal(variants, parsed.Multivariant!.Variants);
                    Assert.Equal(playlist.IndependentSegments, parsed.Multivariant.IndependentSegments);
                },
                iter: 2000
            );

    [Fact]
    public void Any_bytes_give_exactly_one_result_and_no_exception() => Gen.Byte.Array[0, 400].Sample(OneResult, iter: 2000);

    [Fact]
    public void A_playlist_with_damage_anywhere_gives_exactly_one_result_and_no_exception() =>
        Gen.Select(Media, Gen.Int[0, 4000], Gen.Int[0, 30], Gen.Byte.Array[0, 8])
            .Sample(
                (playlist, at, removed, inserted) =>
                {
                    var text = PlaylistWriter.Write(playlist);
                    at = Math.Min(at, text.Length);
                    OneResult([.. text[..at], .. inserted, .. text[Math.Min(text.Length, at + removed)..]]);
                },
                iter: 5000
            );

    [Fact]
    public void Tags_in_any_order_with_any_values_give_exactly_one_result_and_no_exception()
    {
        var tag = Either(
            "EXTINF",
            "EXT-X-BYTERANGE",
            "EXT-X-MAP",
            "EXT-X-KEY",
            "EXT-X-PROGRAM-DATE-TIME",
            "EXT-X-STREAM-INF",
            "EXT-X-TARGETDURATION",
            "EXT-X-MEDIA-SEQUENCE",
            "SPILLWAY"
        );
        var value = Gen.String[Gen.Char["0123456789.@,=\"xURIMETHODBANWIDTHEPOCHREVISION-+:Z "], 0, 40];
        var line = Gen.Select(tag, value, Gen.Bool, (name, text, uri) => $"#{name}:{text}\n{(uri ? "a.ts\n" : "")}");
        line.Array[0, 10].Sample(lines => OneResult(Encoding.UTF8.GetBytes("#EXTM3U\n" + string.Concat(lines))), iter: 5000);
    }

    [Theory]
    [InlineData("#EXT-X-KEY:METHOD=A,")]
    [InlineData("#EXTINF:2,\na.ts\n")]
    [InlineData("\n")]
    [InlineData("#EXT-X-STREAM-INF:")]
    [InlineData("A=\"\",")]
    public void Reading_takes_time_in_proportion_to_the_length(string unit)
    {
        var limits = new PlaylistLimits(1 << 30, 1 << 30, 1 << 30);
        var text = Encoding.UTF8.GetBytes(
            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:"
                + string.Concat(Enumerable.Repeat(unit, (4 << 20) / unit.Length))
                + "\n"
        );

        var clock = Stopwatch.StartNew();
        OneResult(text, limits);

        // A second is a hundred times what it takes; anything quadratic takes hours.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static Gen<T> Either<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static void OneResult(byte[] text) => OneResult(text, null);

    private static void OneResult(byte[] text, PlaylistLimits? limits)
    {
        var parsed = PlaylistParser.Parse(text, limits);
        object?[] members = [parsed.Media, parsed.Multivariant, parsed.Error];
        Assert.Single(members, member => member is not null);
    }

    /// <summary>A map holds until the next one: no segment after the first with a map is without.</summary>
    private static MediaSegment[] KeepingMaps(MediaSegment[] segments)
    {
        InitializationSectionReference? map = null;
        return [.. segments.Select(segment => segment with { Map = map = segment.Map ?? map })];
    }

    /// <summary>Which key a map was read with is its own test's.</summary>
    private static MediaPlaylist WithoutKeysOfMaps(MediaPlaylist playlist) =>
        playlist with
        {
            Segments =
            [
                .. playlist.Segments.Select(static segment =>
                    segment with
                    {
                        Map = segment.Map is { } map ? map with { Key = null } : null,
                    }
                ),
            ],
        };
}
