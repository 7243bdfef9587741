using System.Text.Json;

namespace Spillway.Bench.Latency;

/// <summary>Reads from Spillway's log when each segment was stored and how long its PUT took.</summary>
internal static class StoredLog
{
    /// <param name="log">Lines, most of them JSON.</param>
    public static void Note(string log, Passages passages)
    {
        foreach (var line in log.Split('\n'))
        {
            if (!line.StartsWith('{'))
                continue;
            using var entry = JsonDocument.Parse(line);
            if (
                entry.RootElement.TryGetProperty("State", out var state)
                && state.TryGetProperty("Url", out var url)
                && state.TryGetProperty("UploadMilliseconds", out var upload)
                && passages.Find(url.GetString() ?? "") is { } passage
            )
            {
                passage.Stored = entry.RootElement.GetProperty("Timestamp").GetDateTimeOffset();
                passage.Upload = upload.GetDouble();
            }
        }
    }
}
