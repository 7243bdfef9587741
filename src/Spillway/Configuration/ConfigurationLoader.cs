using System.Collections;

namespace Spillway.Configuration;

/// <summary>
/// Makes the options from everything that can set them. A later one overrides an earlier one:
/// <list type="number">
/// <item>the defaults in the options classes;</item>
/// <item>the old system's variables (<see cref="OldNames"/>);</item>
/// <item><c>spillway.json</c> in the working directory, or the file that <c>--config</c> names;</item>
/// <item>variables <c>SPILLWAY__…</c>;</item>
/// <item>the command line.</item>
/// </list>
/// The variables of a <c>.env</c> file in the working directory, old and new, count where the environment does not have them itself.
/// </summary>
internal static class ConfigurationLoader
{
    public const string FileName = "spillway.json";

    /// <summary>Reads this process's environment and working directory.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="needsSource">False for commands that only look at what is stored: a stream may be named without its source.</param>
    public static ConfigurationResult Load(ServeSettings settings, bool needsSource = true)
    {
        return Load(settings, Environment.CurrentDirectory, ThisEnvironment(), needsSource);
    }

    /// <summary>For a tracker alone. Reads this process's environment and working directory.</summary>
    public static ConfigurationResult Load(TrackerSettings settings) =>
        Load(settings, Environment.CurrentDirectory, ThisEnvironment());

    /// <param name="settings">The command line.</param>
    /// <param name="workingDirectory">Where <c>.env</c> and <c>spillway.json</c> are, and what relative paths begin from.</param>
    /// <param name="environment">The environment's variables; names are told apart by case.</param>
    /// <param name="needsSource">False for commands that only look at what is stored.</param>
    public static ConfigurationResult Load(
        ServeSettings settings,
        string workingDirectory,
        IReadOnlyDictionary<string, string> environment,
        bool needsSource = true
    )
    {
        var problems = new Problems();
        var (all, owncastUrl, otel) = Collect(
            settings.Config,
            settings.ToSettings(),
            settings.Stream ?? "live",
            workingDirectory,
            environment,
            problems
        );
        var result = Finish(all, settings.Stream, workingDirectory, problems, needsSource, otel);
        if (result.Options is { } options)
            options.OwncastUrl = owncastUrl;
        return result;
    }

    /// <summary>For a tracker alone: what concerns only a stream's writer may be missing or wrong.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="workingDirectory">Where <c>.env</c> and <c>spillway.json</c> are, and what relative paths begin from.</param>
    /// <param name="environment">The environment's variables; names are told apart by case.</param>
    public static ConfigurationResult Load(
        TrackerSettings settings,
        string workingDirectory,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var problems = new Problems();
        var (all, _, otel) = Collect(settings.Config, settings.ToSettings(), "live", workingDirectory, environment, problems);
        var options = Bind(all, problems);
        options.OtelVariables = otel;
        if (options.Streams.Count == 0)
            options.Streams.Add("live", new Timeline.StreamOptions());
        ServerRules.CheckNode(options, workingDirectory, problems);
        StorageRules.Check(options.Storage, problems);
        StreamRules.CheckNames(options, problems);
        TrackerRules.Check(options, problems);
        TrackerRules.CheckNode(options, settings.Open, problems);
        AdminRules.Check(options.Admin, problems);
        MetricsRules.Check(options, problems);
        return Result(options, problems);
    }

    /// <summary>The command line over the defaults, and nothing else: for commands that must not depend on where they are run.</summary>
    public static ConfigurationResult FromCommandLine(ServeSettings settings) =>
        Finish([.. settings.ToSettings()], settings.Stream, Environment.CurrentDirectory, new Problems());

    private static ConfigurationResult Finish(
        Setting[] settings,
        string? stream,
        string workingDirectory,
        Problems problems,
        bool needsSource = true,
        IReadOnlyDictionary<string, string>? otel = null
    )
    {
        var options = Bind(settings, problems);
        options.OtelVariables = otel ?? options.OtelVariables;
        if (!needsSource && (stream is not null || options.Streams.Count == 0))
            options.Streams.TryAdd(stream ?? "live", new Timeline.StreamOptions { Source = Timeline.StreamOptions.Push });
        ServerRules.Check(options, workingDirectory, problems);
        StorageRules.Check(options.Storage, problems);
        StreamRules.Check(options, problems);
        TrackerRules.Check(options, problems);
        AdminRules.Check(options.Admin, problems);
        HookRules.Check(options, problems);
        MetricsRules.Check(options, problems);
        CostRules.Check(options.Cost, options.Storage, workingDirectory, problems);
        AdminRules.CheckLoopback(options, problems);
        options.DefaultStream =
            stream ?? (options.Streams.ContainsKey("live") ? "live" : options.Streams.Keys.FirstOrDefault("live"));
        if (stream is not null && options.Streams.Count > 0 && !options.Streams.ContainsKey(stream))
            problems.Add($"--stream is {Shown.Value(stream)}, but no stream of that name is set: give its --source too.");
        return Result(options, problems);
    }

    /// <summary>What all places say, weakest first.</summary>
    private static (Setting[] Settings, string OwncastUrl, IReadOnlyDictionary<string, string> Otel) Collect(
        string? config,
        IEnumerable<Setting> commandLine,
        string stream,
        string workingDirectory,
        IReadOnlyDictionary<string, string> environment,
        Problems problems
    )
    {
        var dotEnv = TextFile.Read(Path.Combine(workingDirectory, ".env"), ".env", problems) is { } text
            ? DotEnvFile.Parse(text, problems)
            : [];
        var variables = SecretVariables.Read(EnvironmentSettings.Merge(environment, dotEnv), workingDirectory, problems);
        EnvironmentSettings.WarnOfNearMisses(variables, problems);
        Setting[] newer =
        [
            .. ReadFile(config, workingDirectory, problems),
            .. EnvironmentSettings.Parse(variables),
            .. commandLine,
        ];
        var (older, owncastUrl) = OldNames.Parse(variables, newer, stream, problems);
        var otel = variables
            .Where(static variable => variable.Name.StartsWith(Metrics.OtlpTarget.Prefix, StringComparison.Ordinal))
            .ToDictionary(static variable => variable.Name, static variable => variable.Value.Trim(), StringComparer.Ordinal);
        return ([.. older, .. newer], owncastUrl, otel);
    }

    private static SpillwayOptions Bind(IEnumerable<Setting> settings, Problems problems)
    {
        var binder = new SettingsBinder(problems);
        foreach (var setting in settings)
            binder.Apply(setting);
        return binder.Options;
    }

    private static ConfigurationResult Result(SpillwayOptions options, Problems problems) =>
        new()
        {
            Options = problems.Errors.Count == 0 ? options : null,
            Errors = problems.Errors,
            Warnings = problems.Warnings,
        };

    private static Dictionary<string, string> ThisEnvironment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            environment[(string)entry.Key] = (string?)entry.Value ?? "";
        return environment;
    }

    private static IReadOnlyList<Setting> ReadFile(string? config, string workingDirectory, Problems problems)
    {
        var name = config ?? FileName;
        var errors = problems.Errors.Count;
        if (TextFile.Read(Path.Combine(workingDirectory, name), name, problems) is { } text)
            return SettingsFile.Parse(text, config is null ? name : Path.GetFileName(name), problems);
        if (config is not null && problems.Errors.Count == errors)
            problems.Add($"--config is {Shown.Value(config)}, but there is no such file.");
        return [];
    }
}
