namespace Spillway.Media.Cmaf;

/// <summary>
/// Writes what EXT-X-MAP names: ftyp and a moov box without samples (ISO/IEC 14496-12 section 8, RFC 8216 section 3.3). One video
/// and one audio track at most. There are no edit lists: media time is presentation time.
/// </summary>
internal static class InitializationSection
{
    public const int VideoTrack = 1;
    public const int AudioTrack = 2;

    /// <summary>Units a second of the video track's clock: whole milliseconds are whole numbers of it.</summary>
    public const int VideoTimescale = 90_000;

    private const uint Iso6 = 'i' << 24 | 's' << 16 | 'o' << 8 | '6';
    private const uint Mp41 = 'm' << 24 | 'p' << 16 | '4' << 8 | '1';

    /// <summary>Enabled, used in the presentation (section 8.3.2).</summary>
    private const uint InUse = 3;

    /// <summary>"und", undetermined, in three times five bits.</summary>
    private const int NoLanguage = 0x55C4;

    /// <summary>Full volume, as a number of 8.8 bits.</summary>
    private const int Full = 0x0100;

    /// <param name="video">Null: no video track.</param>
    /// <param name="audio">Null: no audio track.</param>
    public static byte[] Write(AvcConfiguration? video, AacConfiguration? audio)
    {
        var writer = new BoxWriter(2048);
        using (writer.Begin(BoxType.Ftyp))
        {
            writer.UInt32(Iso6);
            writer.UInt32(0);
            writer.UInt32(Iso6);
            writer.UInt32(Mp41);
        }
        using (writer.Begin(BoxType.Moov))
        {
            WriteMovieHeader(writer);
            if (video is not null)
                WriteTrack(writer, VideoTrack, VideoTimescale, video, null);
            if (audio is not null)
                WriteTrack(writer, AudioTrack, audio.SampleRate, null, audio);
            using (writer.Begin(BoxType.Mvex))
            {
                if (video is not null)
                    WriteDefaults(writer, VideoTrack);
                if (audio is not null)
                    WriteDefaults(writer, AudioTrack);
            }
        }
        return writer.Written.ToArray();
    }

    private static void WriteMovieHeader(BoxWriter writer)
    {
        using var mvhd = writer.Begin(BoxType.Mvhd, 0, 0);
        writer.Zeros(8);
        writer.UInt32(1000);
        writer.UInt32(0);
        writer.UInt32(0x0001_0000);
        writer.UInt16(Full);
        writer.Zeros(10);
        WriteMatrix(writer);
        writer.Zeros(24);
        writer.UInt32(AudioTrack + 1);
    }

    private static void WriteTrack(BoxWriter writer, int id, int timescale, AvcConfiguration? video, AacConfiguration? audio)
    {
        using var trak = writer.Begin(BoxType.Trak);
        using (writer.Begin(BoxType.Tkhd, 0, InUse))
        {
            writer.Zeros(8);
            writer.UInt32((uint)id);
            writer.Zeros(16);
            writer.UInt16(0);
            // The other group of tracks: players choose one of each (section 8.3.3).
            writer.UInt16(id - 1);
            writer.UInt16(audio is null ? 0 : Full);
            writer.UInt16(0);
            WriteMatrix(writer);
            writer.UInt32((uint)(video?.Width ?? 0) << 16);
            writer.UInt32((uint)(video?.Height ?? 0) << 16);
        }
        using var mdia = writer.Begin(BoxType.Mdia);
        using (writer.Begin(BoxType.Mdhd, 0, 0))
        {
            writer.Zeros(8);
            writer.UInt32((uint)timescale);
            writer.UInt32(0);
            writer.UInt16(NoLanguage);
            writer.UInt16(0);
        }
        using (writer.Begin(BoxType.Hdlr, 0, 0))
        {
            writer.UInt32(0);
            writer.UInt32(video is null ? BoxType.Soun : BoxType.Vide);
            writer.Zeros(12);
            writer.Bytes(video is null ? "audio\0"u8 : "video\0"u8);
        }
        using var minf = writer.Begin(BoxType.Minf);
        using (writer.Begin(video is null ? BoxType.Smhd : BoxType.Vmhd, 0, video is null ? 0u : 1))
            writer.Zeros(video is null ? 4 : 8);
        using (writer.Begin(BoxType.Dinf))
        using (writer.Begin(BoxType.Dref, 0, 0))
        {
            writer.UInt32(1);
            // Flag 1: the media is in this very file.
            writer.Begin(BoxType.Url, 0, 1).Dispose();
        }
        using var stbl = writer.Begin(BoxType.Stbl);
        using (writer.Begin(BoxType.Stsd, 0, 0))
        {
            writer.UInt32(1);
            if (video is not null)
                SampleEntry.Write(writer, video);
            if (audio is not null)
                SampleEntry.Write(writer, audio);
        }
        foreach (var empty in (ReadOnlySpan<uint>)[BoxType.Stts, BoxType.Stsc, BoxType.Stsz, BoxType.Stco])
        {
            using var table = writer.Begin(empty, 0, 0);
            writer.Zeros(empty == BoxType.Stsz ? 8 : 4);
        }
    }

    private static void WriteDefaults(BoxWriter writer, int id)
    {
        using var trex = writer.Begin(BoxType.Trex, 0, 0);
        writer.UInt32((uint)id);
        writer.UInt32(1);
        writer.Zeros(12);
    }

    private static void WriteMatrix(BoxWriter writer)
    {
        foreach (var part in (ReadOnlySpan<uint>)[0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000])
            writer.UInt32(part);
    }
}
