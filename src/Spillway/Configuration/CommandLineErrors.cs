using System.CommandLine;
using System.CommandLine.Parsing;

namespace Spillway.Configuration;

/// <summary>Says in one line each what on the command line was not understood. The library's own sentences name types and symbols.</summary>
internal static class CommandLineErrors
{
    /// <summary>What is shown of the command line in it has been cut already.</summary>
    private const int LongestSentence = 300;

    public static IReadOnlyList<string> Describe(ParseResult result)
    {
        string[] messages =
        [
            .. Unmatched(result.CommandResult.Command, result.UnmatchedTokens),
            .. result.Errors.Where(error => error.SymbolResult is OptionResult or ArgumentResult).Select(Describe),
        ];
        return messages.Length > 0 ? messages : [.. result.Errors.Select(error => Shown.Name(error.Message))];
    }

    private static IEnumerable<string> Unmatched(Command command, IReadOnlyList<string> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.StartsWith('-'))
            {
                var meant = NearestName.Find(token, command.Options.Select(option => option.Name));
                yield return $"{Show(token)} is not an option of {command.Name}.{DidYouMean(meant)}";
            }
            else if (command is RootCommand)
            {
                var meant = NearestName.Find(token, command.Subcommands.Select(known => known.Name));
                yield return $"{Show(token)} is not a command.{DidYouMean(meant)}";
                // What follows belongs to the command that is not known.
                yield break;
            }
            // Else most likely the value of the unknown option before it.
            else if (i == 0 || !tokens[i - 1].StartsWith('-'))
                yield return $"{Show(token)} does not belong here.";
        }
    }

    private static string Describe(ParseError error)
    {
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        return option switch
        {
            { Tokens.Count: 0 } => $"{option.Option.Name} needs a value.",
            { Tokens.Count: > 1 } => $"{option.Option.Name} is given twice: keep one.",
            _ => Shown.Long(error.Message, LongestSentence),
        };
    }

    private static string Show(string token) => Shown.Name(Shown.Address(token));

    private static string DidYouMean(string? name) => name is null ? "" : $" Did you mean {name}?";
}
