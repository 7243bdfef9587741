using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Spillway.Configuration;

namespace Spillway.Cost;

/// <summary><c>spillway cost</c>: what an event will ask of the server, the edge and the store, and what that costs.</summary>
internal static class CostCommand
{
    private const int MostRenditions = 8;

    private static readonly CostPlan s_usual = new()
    {
        Viewers = 600,
        Minutes = 40,
        Kilobits = [2500],
        PeerShare = 0.3,
    };

    public static Command Build()
    {
        var viewers = Number("--viewers", "N", "Viewers at a time (default: 600).", 1, 10_000_000, whole: true);
        var minutes = Number("--minutes", "N", "How long they watch (default: 40).", 0.1, 525_600);
        var bitrate = new Option<double[]?>("--bitrate")
        {
            Description = "Bit rate in kbit/s, or one for each rendition with commas between, the best first (default: 2500).",
            HelpName = "KBIT",
            CustomParser = static result => Rates(result),
        };
        var p2p = Number("--p2p", "PERCENT", "Part of the segments from other viewers; 0: sharing is off (default: 30).", 0, 100);
        var renditions = Number(
            "--renditions",
            "N",
            "Renditions, each with half of the bit rate before it (default: 1, or as many as --bitrate has).",
            1,
            MostRenditions,
            whole: true
        );
        var segment = Number("--segment", "SECONDS", "Segment duration (default: 4).", 1, 30);
        var reconnects = Number("--reconnects", "N", "How often each WebSocket is lost, on average (default: 0.15).", 0, 1000);
        var locations = Number(
            "--locations",
            "N",
            "Caches of the edge that viewers are spread over; 0: none (default: 20).",
            0,
            10_000,
            whole: true
        );
        var noTier = new Option<bool>("--no-tier") { Description = "Each of them asks the store for itself." };
        var keep = Number("--keep", "DAYS", "How long the replay is kept (default: 0, there is none).", 0, 3650);
        var nodes = Number("--nodes", "N", "Tracker nodes beside the server (default: 0).", 0, 1000, whole: true);
        var provider = CommandLine.Text(
            "--provider",
            "NAME",
            "Store and edge that are shown in full: r2, s3, b2, bunny (default: r2)."
        );
        var egress = Number("--egress-price", "DOLLARS", "Of 10^9 bytes from the server, none of them free.", 0, 1000);
        var prices = CommandLine.Text("--prices", "FILE", "A price list of your own (default: Cost.Prices, else the program's).");
        var config = CommandLine.Text("--config", "FILE", "File of settings (default: spillway.json, if there is one).");
        var json = new Option<bool>("--json") { Description = "For programs." };
        var command = new Command("cost", "Plan an event: requests, bytes and money, before and after.")
        {
            viewers,
            minutes,
            bitrate,
            p2p,
            renditions,
            segment,
            reconnects,
            locations,
            noTier,
            keep,
            nodes,
            provider,
            egress,
            prices,
            config,
            json,
        };
        command.SetAction(
            async (result, _) =>
            {
                var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
                var rates = result.GetValue(bitrate) is { Length: > 0 } given ? given : [.. s_usual.Kilobits];
                var count = (int)(result.GetValue(renditions) ?? rates.Length);
                if (rates.Length > 1 && rates.Length != count)
                {
                    await error.WriteLineAsync(
                        $"spillway: --bitrate has {rates.Length} bit rates and --renditions is {count}: leave --renditions out."
                    );
                    return CommandLine.UsageExitCode;
                }
                var plan = s_usual with
                {
                    Viewers = (int)(result.GetValue(viewers) ?? s_usual.Viewers),
                    Minutes = result.GetValue(minutes) ?? s_usual.Minutes,
                    Kilobits = Halved(rates, count),
                    PeerShare = (result.GetValue(p2p) ?? (100 * s_usual.PeerShare)) / 100,
                    SegmentSeconds = result.GetValue(segment) ?? s_usual.SegmentSeconds,
                    Reconnects = result.GetValue(reconnects) ?? s_usual.Reconnects,
                    Locations = (int)(result.GetValue(locations) ?? s_usual.Locations),
                    Tiered = !result.GetValue(noTier),
                    KeepDays = result.GetValue(keep) ?? 0,
                    Nodes = (int)(result.GetValue(nodes) ?? 0),
                };
                var list = await ListAsync(result.GetValue(prices), result.GetValue(config), error);
                if (list is null)
                    return ConfigurationResult.ExitCode;
                var shown = result.GetValue(provider) ?? list.Providers.Keys.First();
                if (!list.Providers.ContainsKey(shown))
                {
                    var known = string.Join(", ", list.Providers.Keys);
                    await error.WriteLineAsync($"spillway: --provider is {Shown.Value(shown)}: the price list has {known}.");
                    return CommandLine.UsageExitCode;
                }
                var answer = CostAnswer.Of(plan, list, shown, result.GetValue(egress));
                if (result.GetValue(json))
                    await output.WriteLineAsync(JsonSerializer.Serialize(answer.ToDocument(), CostJson.Default.CostDocument));
                else
                    await output.WriteAsync(CostText.Of(answer));
                return 0;
            }
        );
        return command;
    }

    /// <returns>Null: what is wrong has been said.</returns>
    private static async Task<PriceList?> ListAsync(string? file, string? config, TextWriter error)
    {
        if (file is null)
        {
            var loaded = ConfigurationLoader.Load(new ServeSettings { Config = config }, needsSource: false);
            return (await loaded.OptionsOrWordsAsync(error))?.Cost.List;
        }
        if (PriceFile.Read(file, out var problem) is { } list)
            return list;
        await error.WriteLineAsync($"spillway: --prices is {Shown.Value(file)}, but {problem}.");
        return null;
    }

    private static double[] Halved(double[] rates, int count) =>
        [.. Enumerable.Range(0, count).Select(i => i < rates.Length ? rates[i] : rates[^1] / Math.Pow(2, i - rates.Length + 1))];

    private static double[]? Rates(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var rates = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (Parse(parts[i], whole: false) is { } rate and >= 8 and <= 1_000_000 && parts.Length <= MostRenditions)
            {
                rates[i] = rate;
                continue;
            }
            result.AddError(
                $"--bitrate is {Shown.Value(text)}: it must be kbit/s from 8 to 1000000, at most {MostRenditions} of them: 2500 or 2500,1200,600."
            );
            return null;
        }
        if (rates.SequenceEqual(rates.OrderDescending()))
            return rates;
        result.AddError($"--bitrate is {Shown.Value(text)}: the best rendition must come first.");
        return null;
    }

    private static Option<double?> Number(
        string name,
        string value,
        string description,
        double least,
        double most,
        bool whole = false
    ) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (Parse(text, whole) is { } number && number >= least && number <= most)
                    return number;
                result.AddError(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} is {Shown.Value(text)}: it must be a {(whole ? "whole " : "")}number from {least} to {most}."
                    )
                );
                return null;
            },
        };

    private static double? Parse(string text, bool whole) =>
        double.TryParse(
            text,
            whole ? NumberStyles.None : NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
}
