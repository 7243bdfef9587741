using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Spillway.Tests.Retention;

/// <summary>
/// Remembers, from the playlists as they are stored and by itself alone, what was listed when, and judges each deletion: "0
/// deletions of a key that is listed, or within its grace".
/// </summary>
internal sealed partial class ListingRecorder(MemoryStore store, SimulatedWriter writer)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>By playlist: what its present version lists, with each entry's seconds.</summary>
    private readonly Dictionary<string, Dictionary<string, double>> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Playlist, string Key), double> _longest = [];

    /// <summary>Until when a key must stay that was listed once.</summary>
    private readonly Dictionary<string, DateTimeOffset> _grace = new(StringComparer.Ordinal);

    public int Judged { get; private set; }

    /// <summary>Call after anything may have been written.</summary>
    public void Look()
    {
        foreach (var (key, stored) in store.Objects)
        {
            if (!key.EndsWith(".m3u8", StringComparison.Ordinal) || (_seen.TryGetValue(key, out var etag) && etag == stored.ETag))
                continue;
            _seen[key] = stored.ETag;
            var (listed, seconds) = Read(key, stored.Body.Span);
            foreach (var name in listed.Keys)
                _longest[(key, name)] = Math.Max(_longest.GetValueOrDefault((key, name)), seconds);
            Replace(key, listed);
        }
    }

    public bool IsListed(string key) => _lists.Values.Any(listed => listed.ContainsKey(key));

    public void Judge(string key)
    {
        Judged++;
        Look();
        var now = store.Now;
        foreach (var (playlist, listed) in _lists)
            Assert.False(listed.ContainsKey(key), $"{now:u} {key} is deleted, and {playlist} lists it");
        Assert.True(
            _grace.GetValueOrDefault(key, now) <= now,
            $"{now:u} {key} is deleted within its grace, which ends {_grace.GetValueOrDefault(key):u}"
        );
        Assert.True(now - store.Objects[key].LastModified > Hour, $"{key} is deleted, and was stored within the hour");
        Assert.DoesNotContain("note-", key, StringComparison.Ordinal);
        var parts = key.Split('/');
        Assert.True(parts.Length > 2, $"{key} is deleted");
        Assert.False(writer.Kept.Contains(parts[1]), $"{key} is deleted, and its replay is kept");
        if (parts[1] == "slate")
            Assert.False(writer.IsSlateInUse(parts[2]), $"{key} is deleted, and may be listed next");
        if (!key.EndsWith(".ts", StringComparison.Ordinal))
        {
            Assert.NotEqual(writer.Broadcast, parts[1]);
            Assert.DoesNotContain(key, Named());
        }
        if (key.EndsWith("report.json", StringComparison.Ordinal))
            Assert.True(now - store.Objects[key].LastModified > TimeSpan.FromDays(30));
        if (key.EndsWith(".m3u8", StringComparison.Ordinal))
        {
            _seen.Remove(key);
            Replace(key, null);
        }
    }

    private IEnumerable<string> Named() =>
        _lists.TryGetValue($"{SimulatedWriter.Stream}/playlist.m3u8", out var listed) ? listed.Keys : [];

    /// <summary>RFC 8216 6.2.2: what has left a playlist stays for its own length and that of the longest version which listed it.</summary>
    private void Replace(string playlist, Dictionary<string, double>? listed)
    {
        foreach (var (name, seconds) in _lists.GetValueOrDefault(playlist) ?? [])
        {
            if (listed?.ContainsKey(name) == true || name.EndsWith(".m3u8", StringComparison.Ordinal))
                continue;
            var grace = TimeSpan.FromSeconds(seconds + _longest[(playlist, name)]);
            // The playlist itself is gone: an hour at least, and as long as it was.
            if (listed is null)
                grace = TimeSpan.FromSeconds(Math.Max(Hour.TotalSeconds, _longest[(playlist, name)]));
            var until = store.Now + grace;
            if (until > _grace.GetValueOrDefault(name))
                _grace[name] = until;
        }
        if (listed is null)
            _lists.Remove(playlist);
        else
            _lists[playlist] = listed;
    }

    private static (Dictionary<string, double> Listed, double Seconds) Read(string key, ReadOnlySpan<byte> body)
    {
        var listed = new Dictionary<string, double>(StringComparer.Ordinal);
        var (seconds, total) = (0d, 0d);
        foreach (var line in Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("#EXTINF:", StringComparison.Ordinal))
            {
                seconds = double.Parse(line[8..].TrimEnd(','), CultureInfo.InvariantCulture);
                total += seconds;
            }
            else if (line[0] != '#')
                listed[Resolve(key, line)] = seconds;
            else if (Map().Match(line) is { Success: true } map)
                listed[Resolve(key, map.Groups[1].Value)] = 0;
        }
        return (listed, total);
    }

    private static string Resolve(string key, string uri) => new Uri(new Uri($"http://x/{key}"), uri).AbsolutePath[1..];

    [GeneratedRegex("^#EXT-X-MAP:URI=\"([^\"]+)\"")]
    private static partial Regex Map();
}
