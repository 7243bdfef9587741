using System.Globalization;
using System.Text;

namespace Spillway.Tests.Sources.Hls;

/// <summary>A media playlist a test writes step by step, by temp and rename as ffmpeg does.</summary>
internal sealed class LivePlaylist(TestFolder folder, string file = "stream.m3u8", int window = 6)
{
    private readonly List<string> _entries = [];
    private long _mediaSequence;

    /// <summary>Tags after the first lines.</summary>
    public string Header { get; set; } = "";

    public bool Ended { get; set; }

    public int TargetDuration { get; set; } = 1;

    /// <summary>Lists a segment without writing a file.</summary>
    public LivePlaylist List(string uri, double duration = 1, string tags = "")
    {
        _entries.Add(string.Create(CultureInfo.InvariantCulture, $"{tags}#EXTINF:{duration:0.000000},\n{uri}\n"));
        if (_entries.Count > window)
        {
            _entries.RemoveAt(0);
            _mediaSequence++;
        }
        return this;
    }

    /// <summary>Writes a segment next to the playlist, lists it and writes the playlist.</summary>
    public LivePlaylist Add(string name, byte[] content, double duration = 1, string tags = "")
    {
        folder.Write(Path.Combine(Path.GetDirectoryName(file)!, name), content);
        return List(name, duration, tags).Write();
    }

    public LivePlaylist Write()
    {
        folder.Write(file + ".tmp", Text);
        File.Move(folder[file + ".tmp"], folder[file], overwrite: true);
        return this;
    }

    public string Text
    {
        get
        {
            var text = new StringBuilder();
            text.Append("#EXTM3U\n#EXT-X-VERSION:7\n");
            text.Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{TargetDuration}\n");
            text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{_mediaSequence}\n{Header}");
            _entries.ForEach(e => text.Append(e));
            return text.Append(Ended ? "#EXT-X-ENDLIST\n" : "").ToString();
        }
    }
}
