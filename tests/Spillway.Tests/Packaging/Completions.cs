using System.Globalization;
using System.Text;

namespace Spillway.Tests.Packaging;

/// <summary>
/// <c>packaging/completions</c>: commands, options, and files and folders where an option takes one; nothing else can be guessed
/// without asking the store.
/// </summary>
internal static class Completions
{
    private const string Made = "# Made from the command table by \"make docs\"; a test holds it against that.\n";

    public static IReadOnlyDictionary<string, Func<string>> Files { get; } =
        new Dictionary<string, Func<string>>(StringComparer.Ordinal)
        {
            ["packaging/completions/spillway.bash"] = Bash,
            ["packaging/completions/_spillway"] = Zsh,
            ["packaging/completions/spillway.fish"] = Fish,
        };

    private static IEnumerable<OptionEntry> Options => CommandEntry.All.SelectMany(static command => command.Options);

    private static string Bash()
    {
        var text = new StringBuilder("# bash completion for spillway\n" + Made);
        text.Append(
            $$"""
            _spillway() {
              local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words
              COMPREPLY=()
              case $before in
                {{Names(Options.Where(static option => option.IsFile))}})
                  mapfile -t COMPREPLY < <(compgen -f -- "$current")
                  return
                  ;;
                {{Names(Options.Where(static option => option.IsFolder))}})
                  mapfile -t COMPREPLY < <(compgen -d -- "$current")
                  return
                  ;;
                {{Names(Options.Where(static option => option is { Value.Length: > 0, IsFile: false, IsFolder: false }))}})
                  return
                  ;;
              esac
              case ${COMP_WORDS[1]} in

            """.ReplaceLineEndings("\n")
        );
        foreach (var command in CommandEntry.Roots)
        {
            if (command.Subcommands.Count == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"    {command.Name}) words='{Words(command)}' ;;\n");
                continue;
            }
            text.Append(CultureInfo.InvariantCulture, $"    {command.Name})\n      case ${{COMP_WORDS[2]}} in\n");
            foreach (var child in ChildrenOf(command))
                text.Append(CultureInfo.InvariantCulture, $"        {child.Name}) words='{Words(child)}' ;;\n");
            text.Append(
                CultureInfo.InvariantCulture,
                $"        *) words='{string.Join(' ', command.Subcommands)} --help' ;;\n      esac\n      ;;\n"
            );
        }
        return text.Append(
                $$"""
                    *) words='{{string.Join(' ', CommandEntry.Roots.Select(static command => command.Name))}} --help --version' ;;
                  esac
                  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
                }
                complete -F _spillway spillway

                """.ReplaceLineEndings("\n")
            )
            .ToString();
    }

    private static string Zsh()
    {
        var text = new StringBuilder("#compdef spillway\n" + Made);
        text.Append("_spillway() {\n  if ((CURRENT == 2)); then\n    local -a commands=(\n");
        foreach (var command in CommandEntry.Roots)
            text.Append(CultureInfo.InvariantCulture, $"      {Quoted($"{command.Name}:{Colons(command.Description)}")}\n");
        text.Append(
            "    )\n    _describe command commands\n    _arguments '--help[Show the help]' '--version[Print the version]'\n    return\n  fi\n  case $words[2] in\n"
        );
        foreach (var command in CommandEntry.Roots)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {command.Name})\n");
            if (command.Subcommands.Count == 0)
                text.Append(ZshArguments(command, "      "));
            else
            {
                text.Append("      if ((CURRENT == 3)); then\n        local -a commands=(\n");
                foreach (var child in ChildrenOf(command))
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"          {Quoted($"{child.Name}:{Colons(child.Description)}")}\n"
                    );
                text.Append("        )\n        _describe command commands\n        return\n      fi\n      case $words[3] in\n");
                foreach (var child in ChildrenOf(command))
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"        {child.Name})\n{ZshArguments(child, "          ")}          ;;\n"
                    );
                text.Append("      esac\n");
            }
            text.Append("      ;;\n");
        }
        return text.Append("  esac\n}\n_spillway \"$@\"\n").ToString();
    }

    private static string ZshArguments(CommandEntry command, string indent)
    {
        var specifications = command.Options.Select(static option =>
            Quoted($"{option.Name}[{Brackets(option.Description)}]{ZshValue(option)}")
        );
        // What stands before the options' command is no argument of theirs.
        var lines = specifications.Append("'--help[Show the help]'").Append("'*:file:_files'");
        return $"{indent}_arguments \\\n{string.Join(" \\\n", lines.Select(line => $"{indent}  {line}"))}\n";
    }

    private static string ZshValue(OptionEntry option) =>
        option switch
        {
            { Value.Length: 0 } => "",
            { IsFile: true } => $":{option.Value}:_files",
            { IsFolder: true } => $":{option.Value}:_files -/",
            _ => $":{option.Value}: ",
        };

    private static string Fish()
    {
        var text = new StringBuilder("# fish completion for spillway\n" + Made);
        text.Append("complete -c spillway -f\n");
        foreach (var command in CommandEntry.Roots)
            text.Append(
                CultureInfo.InvariantCulture,
                $"complete -c spillway -n __fish_use_subcommand -a {command.Name} -d {FishQuoted(command.Description)}\n"
            );
        text.Append("complete -c spillway -n __fish_use_subcommand -l version -d 'Print the version.'\n");
        foreach (var command in CommandEntry.Roots.Where(static command => command.Subcommands.Count > 0))
        foreach (var child in ChildrenOf(command))
            text.Append(
                CultureInfo.InvariantCulture,
                $"complete -c spillway -n '__fish_seen_subcommand_from {command.Name}; and not __fish_seen_subcommand_from {string.Join(' ', command.Subcommands)}' -a {child.Name} -d {FishQuoted(child.Description)}\n"
            );
        foreach (var command in CommandEntry.All)
        {
            var condition = string.Join(
                "; and ",
                command.Path.Split(' ').Select(static word => $"__fish_seen_subcommand_from {word}")
            );
            foreach (var option in command.Options)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"complete -c spillway -n '{condition}' -l {option.Name[2..]}{FishValue(option)} -d {FishQuoted(option.Description)}\n"
                );
        }
        return text.Append("complete -c spillway -l help -d 'Show the help.'\n").ToString();
    }

    private static string FishValue(OptionEntry option) =>
        option switch
        {
            { Value.Length: 0 } => "",
            { IsFile: true } => " -r -F",
            { IsFolder: true } => " -x -a '(__fish_complete_directories)'",
            _ => " -x",
        };

    private static IEnumerable<CommandEntry> ChildrenOf(CommandEntry parent) =>
        CommandEntry.All.Where(command => command.Path.StartsWith($"{parent.Path} ", StringComparison.Ordinal));

    private static string Words(CommandEntry command) =>
        string.Join(' ', command.Options.Select(static option => option.Name).Append("--help"));

    private static string Names(IEnumerable<OptionEntry> options) =>
        string.Join(" | ", options.Select(static option => option.Name).Distinct().Order(StringComparer.Ordinal));

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string FishQuoted(string text) => $"'{text.Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Colons(string text) => text.Replace(":", "\\:", StringComparison.Ordinal);

    private static string Brackets(string text) =>
        Colons(text).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
}
