namespace Spillway.Configuration;

/// <summary>
/// Secrets from files: <c>SPILLWAY__ADMIN__TOKEN_FILE</c> names a file whose text is <c>SPILLWAY__ADMIN__TOKEN</c>, as Docker, Kubernetes and
/// systemd hand out secrets. What stands in a process's environment is shown by more than one tool.
/// </summary>
internal static class SecretVariables
{
    private const string Suffix = "_FILE";

    /// <summary>The variables, with those that name a secret's file replaced by what is in it.</summary>
    /// <param name="variables">As given.</param>
    /// <param name="workingDirectory">What relative paths begin from.</param>
    /// <param name="problems">Gets files that cannot be read or hold nothing.</param>
    public static IReadOnlyList<Variable> Read(IReadOnlyList<Variable> variables, string workingDirectory, Problems problems) =>
        [
            .. variables
                .Select(variable => NamesFile(variable) ? ReadOne(variable, workingDirectory, problems) : variable)
                .OfType<Variable>(),
        ];

    private static bool NamesFile(Variable variable) =>
        EnvironmentSettings.IsSetting(variable.Name)
        && variable.Name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
        && SettingSchema.IsSecret(variable.Name[EnvironmentSettings.Prefix.Length..^Suffix.Length].Split("__"));

    private static Variable? ReadOne(Variable variable, string workingDirectory, Problems problems)
    {
        var errors = problems.Errors.Count;
        var name = $"{variable.Origin}: the file {Shown.Value(variable.Value)}";
        var text =
            variable.Value.Length == 0
                ? null
                : TextFile.Read(Path.Combine(workingDirectory, variable.Value), variable.Origin, problems)?.Trim();
        if (!string.IsNullOrEmpty(text))
            return variable with { Name = variable.Name[..^Suffix.Length], Value = text };
        if (problems.Errors.Count == errors)
            problems.Add(text is null ? $"{name} is not there." : $"{name} is empty: it must hold the secret.");
        return null;
    }
}
