namespace Spillway.Configuration;

/// <summary>Collects everything that is wrong, so that the operator sees all of it at once.</summary>
internal sealed class Problems
{
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wrong = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Errors => _errors;
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Remembers where the value now in force was given.</summary>
    public void Came(string path, string origin) => _origins[path] = origin;

    public bool IsSet(string path) => _origins.ContainsKey(path);

    /// <summary>One of these has been reported, so what else seems wrong with them together may not be.</summary>
    public bool AnyWrong(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            if (_wrong.Contains(path))
                return true;
        return false;
    }

    /// <summary>A setting's path and, where it is not the default, the place that gave it.</summary>
    public string Label(string path) => Label(path, _origins.GetValueOrDefault(path));

    public static string Label(string path, string? origin) =>
        origin is null ? Shown.Name(path) : $"{Shown.Name(path)} ({Shown.Name(origin)})";

    /// <summary>"Server.Port (spillway.json:3) is "x": it must be …".</summary>
    /// <param name="path">The setting.</param>
    /// <param name="value">Null for a secret, which is not shown.</param>
    /// <param name="expected">What goes after "it must be".</param>
    public void Wrong(string path, string? value, string expected) =>
        Add(
            path,
            value is null
                ? $"{Label(path)} must be {expected}."
                : $"{Label(path)} is {Shown.Value(value)}: it must be {expected}."
        );

    /// <summary>Any other sentence about a setting.</summary>
    public void Add(string path, string sentence)
    {
        _wrong.Add(path);
        _errors.Add(sentence);
    }

    /// <summary>A sentence about no known setting.</summary>
    public void Add(string sentence) => _errors.Add(sentence);

    public void Warn(string sentence) => _warnings.Add(sentence);
}
