using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Spillway.Configuration;

namespace Spillway.Watch;

/// <summary><c>spillway watch URL</c>: plays any live HLS stream as a strict player would, and says what breaks the rules.</summary>
internal static class WatchCommand
{
    /// <summary>A rule was broken.</summary>
    private const int Breach = 1;

    public static Command Build()
    {
        var url = new Argument<Uri>("URL")
        {
            Description = "Of a multivariant or a media playlist, of any server.",
            CustomParser = static result =>
            {
                var text = result.Tokens[0].Value;
                if (WebAddress.TryParseWithQuery(text, out var address))
                    return address;
                result.AddError($"{Shown.Value(text)} is no http or https address of a playlist.");
                return null;
            },
        };
        var minutes = new Option<double?>("--minutes")
        {
            Description = "How long (default: until the stream ends or Ctrl-C).",
            HelpName = "N",
            CustomParser = static result =>
            {
                var text = result.Tokens[0].Value;
                if (
                    double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    && number is > 0 and <= 100_000
                )
                    return number;
                result.AddError($"--minutes is {Shown.Value(text)}: it must be a number above 0, at most 100000.");
                return null;
            },
        };
        var json = new Option<bool>("--json") { Description = "A line of JSON for each finding, and one at the end." };
        var origin = new Option<string?>("--origin")
        {
            Description = "Page that players play on, such as https://tv.example.org: judges CORS.",
            HelpName = "ORIGIN",
            CustomParser = static result =>
            {
                var text = result.Tokens[0].Value.TrimEnd('/');
                if (WebAddress.TryParse(text, out var address) && address.GetLeftPart(UriPartial.Authority) == text)
                    return text;
                result.AddError(
                    $"--origin is {Shown.Value(text)}: it must be scheme and host alone, such as https://tv.example.org."
                );
                return null;
            },
        };
        var command = new Command("watch", "Watch a live HLS stream as a strict player would, and say what breaks the rules.")
        {
            url,
            minutes,
            json,
            origin,
        };
        command.SetAction(
            (result, cancellationToken) =>
                RunAsync(
                    new WatchSettings
                    {
                        Address = result.GetRequiredValue(url),
                        Length = result.GetValue(minutes) is { } length ? TimeSpan.FromMinutes(length) : null,
                        Json = result.GetValue(json),
                        Origin = result.GetValue(origin),
                        State = !result.GetValue(json) && !Console.IsOutputRedirected,
                    },
                    result.InvocationConfiguration.Output,
                    cancellationToken
                )
        );
        return command;
    }

    /// <returns>0: no rule was broken. Warnings break none.</returns>
    private static async Task<int> RunAsync(WatchSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var client = WatchRun.Client();
        var summary = await new WatchRun(settings, client, output, TimeProvider.System).RunAsync(stop.Token);
        return summary.Errors > 0 ? Breach : 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
