using System.Globalization;
using System.Text;
using Spillway.Configuration;

namespace Spillway.Tests.Packaging;

/// <summary><c>packaging/spillway.1</c>, in the macros of man(7): commands and options from the table, the rest from here.</summary>
internal static class ManualPage
{
    public const string File = "packaging/spillway.1";

    public static string Render()
    {
        var text = new StringBuilder(
            """
            .\" Made from the command table by "make docs"; a test holds it against that.
            .TH SPILLWAY 1 "" "spillway" "User Commands"
            .SH NAME
            spillway \- carries a live stream past the server that made it
            .SH SYNOPSIS

            """.ReplaceLineEndings("\n")
        );
        foreach (var command in CommandEntry.All)
            text.Append(CultureInfo.InvariantCulture, $"{Synopsis(command)}\n.br\n");
        text.Append(
            """
            .B spillway \-\-version
            .SH DESCRIPTION
            Spillway follows or receives a live stream (Owncast, OBS, ffmpeg, any HLS), stores each segment in S3-compatible object
            storage, publishes HLS playlists that list only what is stored, and lets viewers pass segments to each other. Viewers read
            everything from the host in front of the store; the server sees one WebSocket a viewer.
            .PP
            Without a command it is
            .BR "spillway serve" .
            Without a bucket it keeps the segments in a folder and serves them itself.
            .SH COMMANDS

            """.ReplaceLineEndings("\n")
        );
        foreach (var command in CommandEntry.All)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $".SS \"spillway {Escape(command.Path)}\"\n{Escape(command.Description)}\n"
            );
            foreach (var (name, description) in command.Arguments)
                text.Append(CultureInfo.InvariantCulture, $".TP\n.I {name}\n{Escape(description)}\n");
            foreach (var option in command.Options)
                text.Append(CultureInfo.InvariantCulture, $".TP\n{Option(option)}\n{Escape(option.Description)}\n");
        }
        return text.Append(
                $$"""
                .SH SETTINGS
                Everything can be set in
                .IR spillway.json ,
                in variables that begin with
                .BR SPILLWAY__ ,
                also from a file
                .IR .env ,
                or on the command line; the later of them counts. Each setting with its default stands in
                .IR spillway.sample.json .
                A secret may come from a file that a variable names whose name ends in
                .BR _FILE .
                .SH FILES
                .TP
                .I spillway.json, .env
                In the folder it is started in, unless
                .B \-\-config
                names another file of settings.
                .TP
                .I /etc/spillway/spillway.json, /etc/spillway/.env
                The settings and the secrets of the service that the Debian package brings.
                .TP
                .I /var/lib/spillway
                The data folder of that service: admin token, stream keys, what waits for the store, and the segments where there is no bucket.
                .SH EXIT STATUS
                .TP
                .B 0
                It ended as it should.
                .TP
                .B 1
                What was asked for could not be done, or something is wrong with what was looked at.
                .TP
                .B {{CommandLine.UsageExitCode}}
                The command line was not understood.
                .TP
                .B {{ConfigurationResult.ExitCode}}
                A setting is wrong; each is named, with what would be right.
                .SH EXAMPLES
                .TP
                .B spillway serve \-\-source rtmp
                Wait for OBS at rtmp://localhost:1935/live/KEY; the player is at http://localhost:3000/.
                .TP
                .B spillway check \-\-config /etc/spillway/spillway.json
                Try settings, machine, store, edge, source and tracker before the show.
                .TP
                .B spillway cost \-\-viewers 600 \-\-minutes 40 \-\-bitrate 2500
                What an event will cost.
                .SH SEE ALSO
                .BR ffmpeg (1)

                """.ReplaceLineEndings("\n")
            )
            .ToString();
    }

    private static string Synopsis(CommandEntry command)
    {
        var options = command.Options.Count > 0 ? " [\\fIoptions\\fR]" : "";
        var arguments = string.Concat(command.Arguments.Select(static argument => $" \\fI{argument.Name}\\fR"));
        return $"\\fBspillway {Escape(command.Path)}\\fR{options}{arguments}";
    }

    private static string Option(OptionEntry option) =>
        option.Value.Length == 0 ? $"\\fB{Escape(option.Name)}\\fR" : $"\\fB{Escape(option.Name)}\\fR \\fI{option.Value}\\fR";

    /// <summary>A hyphen that is to be copied must not become a dash.</summary>
    private static string Escape(string text) =>
        text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
}
