using System.CommandLine;
using System.CommandLine.Help;

namespace Spillway.Tests.Packaging;

/// <summary>An option as the help shows it.</summary>
/// <param name="Value">What it takes, in capitals; empty for a switch.</param>
internal sealed record OptionEntry(string Name, string Value, string Description)
{
    public bool IsFile => Value == "FILE";

    public bool IsFolder => Value == "FOLDER";
}

/// <summary>A command as the help shows it, from the table that the program itself parses by.</summary>
/// <param name="Path">Such as <c>replay export</c>.</param>
/// <param name="Arguments">Names in capitals, with their descriptions.</param>
/// <param name="Subcommands">Names alone.</param>
internal sealed record CommandEntry(
    string Path,
    string Description,
    IReadOnlyList<(string Name, string Description)> Arguments,
    IReadOnlyList<OptionEntry> Options,
    IReadOnlyList<string> Subcommands
)
{
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];

    /// <summary>Those that do something, in the order of the help: of <c>replay</c> its three.</summary>
    public static IReadOnlyList<CommandEntry> All { get; } = [.. Below(Commands.Root(), "")];

    /// <summary>Those that a first word chooses.</summary>
    public static IReadOnlyList<CommandEntry> Roots { get; } =
    [.. Commands.Root().Subcommands.Select(static command => Of(command, command.Name))];

    private static IEnumerable<CommandEntry> Below(Command parent, string path)
    {
        foreach (var command in parent.Subcommands)
        {
            var here = path.Length == 0 ? command.Name : $"{path} {command.Name}";
            if (command.Subcommands.Count > 0)
                foreach (var entry in Below(command, here))
                    yield return entry;
            else
                yield return Of(command, here);
        }
    }

    private static CommandEntry Of(Command command, string path) =>
        new(
            path,
            command.Description ?? "",
            [.. command.Arguments.Select(static argument => (argument.Name, argument.Description ?? ""))],
            [
                .. command
                    .Options.Where(static option => option is not HelpOption)
                    .Select(static option => new OptionEntry(
                        option.Name,
                        option.ValueType == typeof(bool) ? "" : option.HelpName ?? "VALUE",
                        option.Description ?? ""
                    )),
            ],
            [.. command.Subcommands.Select(static child => child.Name)]
        );
}
