using System.CommandLine;
using System.CommandLine.Parsing;

namespace Spillway.Bench.Event;

/// <summary><c>event</c> on the command line.</summary>
internal static class EventCommand
{
    public static Command Create()
    {
        var whole = new EventPlan();
        var viewers = Number("--viewers", whole.Viewers, 1, 5_000, "How many come.");
        var minutes = Number("--minutes", EventPlan.WholeLength.TotalMinutes, 0.5, 240, "From the first viewer's coming.");
        var joining = new Option<double?>("--joining")
        {
            Description = "Seconds in which all come; without it an eighth of the time.",
        };
        var renditions = new Option<int[]>("--renditions")
        {
            Description = "1 to 3; several are measured one after the other.",
            DefaultValueFactory = static _ => [1, 3],
            AllowMultipleArgumentsPerToken = true,
        };
        renditions.Validators.Add(static result =>
        {
            if (result.Tokens.Any(static token => !int.TryParse(token.Value, out var count) || count is < 1 or > 3))
                result.AddError("--renditions must be from 1 to 3.");
        });
        var reconnects = Number("--reconnects", whole.Reconnects, 0, 10, "How often each socket is lost and opened again.");
        var share = Number("--edge-share", whole.EdgeShare, 0, 1, "Part of the segments that viewers read at the edge.");
        var kilobits = Number("--kilobits", whole.Kilobits, 100, 10_000, "Of the best rendition's picture.");
        var seed = Number("--seed", whole.Seed, 0, int.MaxValue, "Another one, other luck.");
        var alone = new Option<bool>("--without-before") { Description = "Leaves out the crowd at the source's folder." };
        var json = new Option<string?>("--json") { Description = "A file for the result, instead of bench/results." };
        var command = new Command("event", "The event with simulated viewers and real servers: origin, edge, store and dollars.")
        {
            viewers,
            minutes,
            joining,
            renditions,
            reconnects,
            share,
            kilobits,
            seed,
            alone,
            json,
        };
        command.SetAction(
            (result, cancellationToken) =>
            {
                var length = TimeSpan.FromMinutes(result.GetValue(minutes));
                var plan = new EventPlan
                {
                    Viewers = (int)result.GetValue(viewers),
                    Length = length,
                    Joining = result.GetValue(joining) is { } seconds
                        ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, length.TotalSeconds))
                        : length / 8,
                    Reconnects = result.GetValue(reconnects),
                    EdgeShare = result.GetValue(share),
                    Kilobits = (int)result.GetValue(kilobits),
                    WithBefore = !result.GetValue(alone),
                    Seed = (int)result.GetValue(seed),
                };
                return EventBenchmark.RunAsync(
                    [.. result.GetValue(renditions)!.Select(count => plan with { Renditions = count })],
                    result.GetValue(json),
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static Option<double> Number(string name, double otherwise, double least, double most, string what)
    {
        var option = new Option<double>(name) { Description = what, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !IsWithin(result.Tokens[0]))
                result.AddError(FormattableString.Invariant($"{name} must be from {least} to {most}."));
        });
        return option;

        bool IsWithin(Token token) =>
            double.TryParse(token.Value, System.Globalization.CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most;
    }
}
