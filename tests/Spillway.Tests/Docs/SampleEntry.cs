namespace Spillway.Tests.Docs;

/// <param name="Path">With points between the names.</param>
/// <param name="Depth">0 at the root.</param>
/// <param name="Words">The comment above it.</param>
/// <param name="Value">As it is written; empty for a section.</param>
internal sealed record SampleEntry(string Path, int Depth, string Words, string Value)
{
    public bool IsSection => Value.Length == 0;

    /// <summary>What the sample file says, line by line: it has one name a line, and comments above.</summary>
    public static IReadOnlyList<SampleEntry> Read(string sample)
    {
        var entries = new List<SampleEntry>();
        var path = new List<string>();
        var words = new List<string>();
        foreach (var line in sample.Split('\n').Select(static line => line.Trim()).SkipWhile(static line => line != "{").Skip(1))
        {
            if (line.StartsWith("//", StringComparison.Ordinal))
                words.Add(line[2..].Trim());
            else if (line.StartsWith('}'))
            {
                if (path.Count > 0)
                    path.RemoveAt(path.Count - 1);
            }
            else if (line.StartsWith('"'))
            {
                var end = line.IndexOf("\":", StringComparison.Ordinal);
                var value = line[(end + 2)..].Trim().TrimEnd(',');
                path.Add(line[1..end]);
                entries.Add(
                    new SampleEntry(string.Join('.', path), path.Count - 1, string.Join('\n', words), value == "{" ? "" : value)
                );
                words.Clear();
                if (value != "{")
                    path.RemoveAt(path.Count - 1);
            }
            if (line.Length == 0)
                words.Clear();
        }
        return entries;
    }
}
