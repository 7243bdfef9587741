using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spillway.Tests.Sources.Hls;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Soak;

/// <summary>A segment that lay whole in the source's folder while its playlist listed it.</summary>
/// <param name="Rendition">Its name.</param>
/// <param name="Hash">As in published names.</param>
/// <param name="Order">Rises in the order of media time.</param>
/// <param name="Uri">Its name at the source.</param>
/// <param name="At">When.</param>
internal sealed record Delivered(string Rendition, string Hash, long Order, string Uri, TimeSpan At);

/// <summary>
/// Two renditions in a folder, written as Owncast and ffmpeg write them, by an encoder that restarts, stalls, goes away, changes its
/// format, forgets files and writes slowly. What it does comes from one seed.
/// </summary>
internal sealed class UnsteadyEncoder(TestFolder folder, FastClock clock, IReadOnlyList<LongRecording[]> formats, int seed)
{
    private const int Window = 8;
    private static readonly string[] s_names = ["0", "1"];

    private readonly Random _random = new(seed);
    private readonly List<Delivered> _delivered = [];
    private readonly Dictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string Uri, double Duration)>> _listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sequence = new(StringComparer.Ordinal);
    private long _order;
    private LongRecording[] _format = formats[0];
    private string _id = "first";

    public IReadOnlyList<Delivered> Delivered => _delivered;

    /// <summary>How often each fault was made.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    /// <summary>Until so much time of the clock has passed; the last run is not cut short.</summary>
    public async Task RunAsync(TimeSpan length)
    {
        Directory.CreateDirectory(folder[s_names[0]]);
        Directory.CreateDirectory(folder[s_names[1]]);
        while (clock.Elapsed < length)
        {
            await RunOnceAsync();
            await BetweenRunsAsync();
        }
        await RunOnceAsync();
    }

    private async Task RunOnceAsync()
    {
        foreach (var name in s_names)
            (_listed[name], _sequence[name]) = ([], 0);
        var count = _format[0].Segments.Count;
        var first = _random.Next(count / 2);
        var last = Math.Min(count, first + 8 + _random.Next(count / 2));
        var begin = clock.Elapsed;
        var written = 0.0;
        for (var i = first; i < last; i++)
        {
            written += _format[0].Durations[i];
            await UntilAsync(begin + TimeSpan.FromSeconds(written));
            var chance = _random.NextDouble();
            if (chance < 0.01)
            {
                Count("stall");
                var pause = TimeSpan.FromSeconds(3 + 27 * _random.NextDouble());
                begin += pause;
                await UntilAsync(begin + TimeSpan.FromSeconds(written));
            }
            // Away from the edges of a run: a file that never comes is seen by what follows.
            var forget = chance is > 0.01 and < 0.02 && i > first + 2 && i < last - 4;
            if (forget)
                Count("file never written");
            await WriteAsync(i, i - first, forget, slowly: chance is > 0.02 and < 0.08);
        }
    }

    private async Task WriteAsync(int index, int position, bool forget, bool slowly)
    {
        var order = _order++;
        for (var r = 0; r < s_names.Length; r++)
        {
            var (name, recording) = (s_names[r], _format[r]);
            var uri = $"{_id}-{position}{recording.Extension}";
            var bytes = recording.Segments[index];
            if (recording.Init is { } init && position == 0)
                folder.Write($"{name}/{_id}-init.mp4", init);
            if (slowly)
            {
                folder.Write($"{name}/{uri}", bytes.AsMemory(0, bytes.Length / 2));
                List(name, uri, recording, index);
                await clock.Wait(0.6);
            }
            // An earlier run's file of the same name would be taken for it, and rightly.
            if (forget)
            {
                File.Delete(folder[$"{name}/{uri}"]);
            }
            else
            {
                folder.Write($"{name}/{uri}", bytes);
                _delivered.Add(
                    new Delivered(name, Convert.ToHexStringLower(SHA256.HashData(bytes))[..32], order, uri, clock.Elapsed)
                );
            }
            if (!slowly)
                List(name, uri, recording, index);
        }
        if (slowly)
            Count("written slowly");
    }

    private void List(string name, string uri, LongRecording recording, int index)
    {
        var listed = _listed[name];
        listed.Add((uri, recording.Durations[index]));
        if (listed.Count > Window)
        {
            listed.RemoveAt(0);
            _sequence[name]++;
        }
        WritePlaylist(name, recording, ended: false);
    }

    private void WritePlaylist(string name, LongRecording recording, bool ended)
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n");
        text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{_sequence[name]}\n");
        if (recording.Init is not null)
            text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MAP:URI=\"{_id}-init.mp4\"\n");
        foreach (var (uri, duration) in _listed[name])
            text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{duration:0.000000},\n{uri}\n");
        if (ended)
            text.Append("#EXT-X-ENDLIST\n");
        Replace($"{name}/stream.m3u8", text.ToString());
        if (!File.Exists(folder["stream.m3u8"]))
            Replace(
                "stream.m3u8",
                "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=90000\n0/stream.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=80000\n1/stream.m3u8\n"
            );
    }

    private void Replace(string name, string text)
    {
        folder.Write($"{name}.tmp", text);
        File.Move(folder[$"{name}.tmp"], folder[name], overwrite: true);
    }

    private async Task BetweenRunsAsync()
    {
        var chance = _random.NextDouble();
        if (chance < 0.2)
        {
            Count("ENDLIST");
            for (var r = 0; r < s_names.Length; r++)
                WritePlaylist(s_names[r], _format[r], ended: true);
        }
        if (chance is > 0.3 and < 0.55)
        {
            Count("format changed");
            _format = formats[_random.Next(formats.Count)];
        }
        // The same names again with other bytes are told by their numbers, which begin anew: not by ENDLIST alone.
        if (chance < 0.8)
            _id = $"{_random.Next():x8}";
        else
            Count("the same names again");
        var pause = _random.Next(4) switch
        {
            0 => 0.2 + 2 * _random.NextDouble(),
            1 => 4 + 30 * _random.NextDouble(),
            2 => 2.5,
            _ => 70 + 50 * _random.NextDouble(),
        };
        Count(
            pause > 60 ? "restart after the grace"
            : pause > 4 ? "restart after a pause"
            : "restart at once"
        );
        await clock.Wait(pause);
    }

    private void Count(string fault) => _faults[fault] = _faults.GetValueOrDefault(fault) + 1;

    private async Task UntilAsync(TimeSpan at)
    {
        var rest = at - clock.Elapsed;
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, clock.Time);
    }
}
