namespace Spillway.Configuration;

/// <summary>
/// The variables of the Node.js system that Spillway replaces, so that its <c>.env</c> goes on working. They are the weakest:
/// a name that has a newer one set beside it is passed over. An empty one counts as not set.
/// </summary>
internal sealed class OldNames
{
    private static readonly string[] Names =
    [
        "CLOUDFLARE_ACCOUNT_ID",
        "R2_ACCESS_KEY_ID",
        "R2_SECRET_ACCESS_KEY",
        "R2_BUCKET_NAME",
        "CDN_HOSTNAME",
        "R2_UPLOAD_PATH",
        "OWNCAST_DATA_PATH",
        "OWNCAST_API_URL",
        "HTTP_PORT",
    ];

    private readonly IReadOnlyList<Variable> _variables;
    private readonly IReadOnlyList<Setting> _newer;
    private readonly Problems _problems;
    private readonly List<Setting> _settings = [];
    private readonly List<string> _overridden = [];

    private OldNames(IReadOnlyList<Variable> variables, IReadOnlyList<Setting> newer, Problems problems) =>
        (_variables, _newer, _problems) = (variables, newer, problems);

    /// <param name="variables">All variables.</param>
    /// <param name="newer">The settings of all other layers.</param>
    /// <param name="stream">Name of the stream that Owncast is the source of.</param>
    /// <param name="problems">Gets what cannot be understood, and what has no effect.</param>
    /// <returns>The settings they stand for, and the address of Owncast, or an empty string.</returns>
    public static (IReadOnlyList<Setting> Settings, string OwncastUrl) Parse(
        IReadOnlyList<Variable> variables,
        IReadOnlyList<Setting> newer,
        string stream,
        Problems problems
    )
    {
        var names = new OldNames(variables, newer, problems);
        names.Storage();
        names.Add("HTTP_PORT", port => port, "Server", "Port");
        var owncastUrl = names.Owncast(stream);
        names.WarnOfTheRest();
        return (names._settings, owncastUrl);
    }

    private void Storage()
    {
        Add("R2_BUCKET_NAME", bucket => bucket, "Storage", "Bucket");
        Add("R2_ACCESS_KEY_ID", key => key, "Storage", "AccessKeyId");
        Add("R2_SECRET_ACCESS_KEY", key => key, "Storage", "SecretAccessKey");
        Add("CDN_HOSTNAME", WithScheme, "Storage", "PublicUrl");
        Add("R2_UPLOAD_PATH", path => path, "Storage", "Prefix");
        if (Get("CLOUDFLARE_ACCOUNT_ID") is not { } account)
            return;
        // Cloudflare's own tools read this name too, so that alone it does not mean that a bucket was wanted.
        if (!IsGiven("Storage", "Endpoint") && !IsWanted("Bucket") && !IsWanted("AccessKeyId") && !IsWanted("SecretAccessKey"))
            _problems.Warn($"{account.Origin} has no effect without a bucket: set R2_BUCKET_NAME or Storage.Bucket as well.");
        else if (!IsGiven("Storage", "Endpoint") && !account.Value.All(char.IsAsciiLetterOrDigit))
            _problems.Add(
                $"{account.Origin} is {Shown.Value(account.Value)}: it must be the account's id, letters and digits only."
            );
        else
            Add("CLOUDFLARE_ACCOUNT_ID", id => $"https://{id}.r2.cloudflarestorage.com", "Storage", "Endpoint");
    }

    private string Owncast(string stream)
    {
        var url = "";
        if (Get("OWNCAST_API_URL") is { } api)
        {
            url = WithoutApi(api.Value);
            if (!WebAddress.TryParse(url, out _))
            {
                _problems.Add(
                    $"{api.Origin} is {Shown.Value(api.Value)}: it must be Owncast's address, such as http://127.0.0.1:8080."
                );
                return "";
            }
        }
        // Any newer source means that the new settings say what to follow.
        var newer = _newer.LastOrDefault(setting =>
            setting.Path is [var root, _, var leaf] && Is(root, "Streams") && Is(leaf, "Source")
        );
        if (newer is not null)
        {
            if (Get("OWNCAST_DATA_PATH") is { } overridden)
                Override(overridden, newer);
            return url;
        }
        if (Get("OWNCAST_DATA_PATH") is not null)
            Add("OWNCAST_DATA_PATH", HlsFolder, "Streams", stream, "Source");
        else
            Add("OWNCAST_API_URL", address => $"{WithoutApi(address)}/hls/stream.m3u8", "Streams", stream, "Source");
        return url;
    }

    private void WarnOfTheRest()
    {
        if (_overridden.Count > 0)
            _problems.Warn($"Overridden: {string.Join(", ", _overridden)}.");
        var rest = _variables
            .Where(variable => variable.IsFromFile && !EnvironmentSettings.IsSetting(variable.Name))
            .Select(variable => variable.Name)
            .Except(Names, StringComparer.Ordinal)
            .Where(static name => !name.StartsWith(Metrics.OtlpTarget.Prefix, StringComparison.Ordinal))
            .ToArray();
        if (rest.Length > 0)
            _problems.Warn($"Without effect in .env: {string.Join(", ", rest.Select(Shown.Name))}.");
    }

    private void Add(string name, Func<string, string> convert, params string[] path)
    {
        if (Get(name) is not { } variable)
            return;
        var newer = _newer.LastOrDefault(setting => setting.Path.SequenceEqual(path, StringComparer.OrdinalIgnoreCase));
        if (newer is null)
            _settings.Add(new Setting(path, SettingValue.Of(convert(variable.Value)), SettingLayer.OldName, variable.Origin));
        else
            Override(variable, newer);
    }

    /// <summary>Worth a word: a whole copy of the sample file, with its empty bucket, would quietly turn the old bucket off.</summary>
    private void Override(Variable variable, Setting newer)
    {
        if (newer.Layer != SettingLayer.CommandLine)
            _overridden.Add($"{variable.Name} by {Shown.Name(newer.Origin)}");
    }

    private Variable? Get(string name) =>
        _variables.FirstOrDefault(variable => variable.Name == name && !string.IsNullOrWhiteSpace(variable.Value)) is { } found
            ? found with
            {
                Value = found.Value.Trim(),
            }
            : null;

    private bool IsGiven(params string[] path) =>
        _newer.Any(setting => setting.Path.SequenceEqual(path, StringComparer.OrdinalIgnoreCase));

    private bool IsWanted(string name) =>
        IsGiven("Storage", name) || _settings.Any(setting => setting.Path is ["Storage", var leaf] && leaf == name);

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static string WithScheme(string host) => host.Contains("://", StringComparison.Ordinal) ? host : $"https://{host}";

    /// <summary>The old setting named the data folder or the playlists' folder in it.</summary>
    private static string HlsFolder(string path)
    {
        path = path.Length > 1 ? path.TrimEnd('/') : path;
        return Path.GetFileName(path) == "hls" ? path : Path.Join(path, "hls");
    }

    private static string WithoutApi(string url)
    {
        url = url.TrimEnd('/');
        return url.EndsWith("/api", StringComparison.OrdinalIgnoreCase) ? url[..^4] : url;
    }
}
