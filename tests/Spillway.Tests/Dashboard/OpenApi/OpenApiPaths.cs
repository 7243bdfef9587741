using Spillway.AdaptiveWindow;
using Spillway.Admin;
using Spillway.Audience;
using Spillway.Dashboard;
using Spillway.Replays;
using Spillway.Reports;
using Spillway.Retention;
using Spillway.Slate;

namespace Spillway.Tests.Dashboard.OpenApi;

/// <summary>
/// The operator's API, one entry an address and method. A test holds it against the routes that the server really has: whoever adds a
/// route adds it here.
/// </summary>
internal static class OpenApiPaths
{
    private const string Stream = "/streams/{stream}";

    private static readonly OpenApiAnswer s_noStream = Error(404, "There is no such live stream.");
    private static readonly OpenApiAnswer s_busy = Error(503, "The stream is just starting or stopping.");
    private static readonly OpenApiAnswer s_storeAway = Error(503, "The store does not answer.");

    public static IReadOnlyList<OpenApiOperation> All { get; } =
    [
        new(
            "POST",
            "/session",
            "session",
            "Sign in",
            new(200, "The cookie is set.", SessionJson.Default.SessionState),
            Error(400, "The body is something else."),
            Error(401, "It is not the admin token."),
            Error(413, "The body is too large."),
            Error(429, "Too many wrong tokens came from this address, or in all: see Retry-After.")
        )
        {
            Description =
                "Gives the cookie `spillway-admin` for twelve hours: HttpOnly, SameSite=Strict, and Secure when asked by https. It is no token, "
                + "and ends when Spillway is started again.",
            Body = SessionJson.Default.SignIn,
            IsOpen = true,
        },
        new("GET", "/session", "session", "By what one is in", new OpenApiAnswer(200, "In.", SessionJson.Default.SessionState)),
        new("DELETE", "/session", "session", "Sign out", new OpenApiAnswer(204, "The session is over.")),
        new(
            "GET",
            "/status",
            "status",
            "All that the dashboard shows",
            new OpenApiAnswer(200, "Now.", StatusJson.Default.StatusDocument)
        ),
        new(
            "GET",
            "/events",
            "status",
            "The status and what happens, as server-sent events",
            new OpenApiAnswer(200, "Events until one of both goes.") { ContentType = "text/event-stream" },
            Error(503, "Too many follow already: see Retry-After.")
        )
        {
            Description =
                "`status` carries a StatusDocument: at once, each second, and within a quarter of a second when something has changed that "
                + "matters. `log` carries an OperatorEvent, with its number as id: first those that are kept. A comment comes when nothing else "
                + "does for 15 s. Who does not take an event within 10 s is dropped.",
            Parameters =
            [
                new("after", "query", "integer", "Number of the last event of the log that is known."),
                new("Last-Event-ID", "header", "integer", "The same, as browsers send it."),
            ],
        },
        new(
            "GET",
            "/log",
            "status",
            "What has happened",
            new(200, "The newest first.", LogJson.Default.RecentEvents),
            Error(400, "limit is no such number.")
        )
        {
            Parameters =
            [
                new("limit", "query", "integer", "From 1 to 500; 100 by default."),
                new("stream", "query", "string", "Of one live stream only."),
            ],
        },
        new(
            "GET",
            "/openapi.json",
            "status",
            "This document",
            new OpenApiAnswer(200, "OpenAPI 3.1.") { ContentType = "application/json" }
        ),
        new(
            "POST",
            Stream + "/slate",
            "switches",
            "The slate by hand, on or off",
            new(200, "It is so.", SlateApiJson.Default.SlateState),
            Error(400, "The body is something else."),
            s_noStream,
            Error(409, "It cannot be: why, in words."),
            Error(413, "The body is too large."),
            s_busy
        )
        {
            Body = SlateApiJson.Default.SlateWish,
            BodyIsOptional = true,
            Description = "Without a body it goes on. It stays until it is taken off by hand.",
        },
        new(
            "DELETE",
            Stream + "/slate",
            "switches",
            "Take the slate off",
            new(200, "It is off.", SlateApiJson.Default.SlateState),
            s_noStream,
            Error(409, "It cannot be: why, in words."),
            s_busy
        ),
        new(
            "POST",
            Stream + "/end",
            "switches",
            "End the broadcast",
            new(200, "It has ended.", SwitchJson.Default.EndState),
            s_noStream,
            Error(409, "Nothing is on air, or another instance writes."),
            s_busy
        )
        {
            Description =
                "What the source still brings is left out, also after a restart and by an instance that takes over, until the source has been "
                + "away for the stream's Grace, or DELETE lets it in again. What comes then is the next broadcast.",
        },
        new(
            "DELETE",
            Stream + "/end",
            "switches",
            "Let what the source brings go on air again",
            new(200, "It may.", SwitchJson.Default.EndState),
            s_noStream,
            Error(409, "Another instance writes."),
            s_busy
        ),
        new(
            "PUT",
            Stream + "/p2p",
            "switches",
            "Let viewers share, or not",
            new(200, "It is so.", SwitchJson.Default.PeerState),
            Error(400, "The body is something else."),
            s_noStream,
            Error(409, "The settings switch it off, or another instance writes."),
            Error(413, "The body is too large."),
            s_busy
        )
        {
            Body = SwitchJson.Default.PeerWish,
            Description =
                "Players read it from player.json within ten seconds. It is kept there: over restarts, broadcasts and instances.",
        },
        new(
            "POST",
            Stream + "/key",
            "switches",
            "Make a new stream key",
            new(200, "From now on no other opens.", SwitchJson.Default.NewKey),
            s_noStream,
            Error(409, "There is none, or it stands in the settings."),
            Error(500, "It could not be kept: the old one stays.")
        )
        {
            Description = "For streams that encoders publish to. One that publishes with the old key is cut off.",
        },
        new(
            "GET",
            Stream + "/audience",
            "figures",
            "What viewers report",
            new(200, "Now and of the broadcast.", AudienceJson.Default.AudienceView),
            Error(404, "There is no such live stream, or nobody is to report.")
        ),
        new(
            "GET",
            Stream + "/window",
            "figures",
            "Live delay and window, and why they are so",
            new(200, "Now.", WindowJson.Default.WindowReport),
            Error(404, "There is no such live stream, or nothing was on air.")
        ),
        new(
            "GET",
            Stream + "/broadcasts",
            "broadcasts",
            "Broadcasts by their reports, the newest first",
            new(200, "A page of them.", ReportsJson.Default.BroadcastList),
            Error(400, "limit or before is none."),
            s_noStream,
            s_storeAway
        )
        {
            Parameters =
            [
                new("limit", "query", "integer", "From 1 to 100; 20 by default."),
                new("before", "query", "string", "A broadcast's id: older ones than that."),
            ],
        },
        new(
            "GET",
            Stream + "/broadcasts/{id}",
            "broadcasts",
            "A broadcast's report",
            new(200, "The report, also while it is on air.", ReportsJson.Default.BroadcastReport),
            Error(404, "There is no such live stream, or no report of it."),
            s_storeAway
        ),
        new(
            "DELETE",
            Stream + "/broadcasts/{id}",
            "broadcasts",
            "Delete a broadcast's report",
            new(200, "It is gone for good.", ReportsJson.Default.DeletedReport),
            Error(404, "There is no such live stream, or no report of it."),
            Error(409, "The broadcast is on air or just ending."),
            s_storeAway
        ),
        new(
            "GET",
            Stream + "/replays",
            "broadcasts",
            "The kept replays, the newest first",
            new(200, "All of them.", ReplayApiJson.Default.ReplayList),
            s_noStream,
            s_busy
        ),
        new(
            "DELETE",
            Stream + "/replays/{broadcast}",
            "broadcasts",
            "Take a replay off the list",
            new(200, "What is left.", ReplayApiJson.Default.ReplayList),
            Error(404, "There is no such live stream or replay."),
            Error(409, "It cannot be: why, in words."),
            s_busy
        ),
        new(
            "GET",
            Stream + "/replays/{broadcast}/file",
            "broadcasts",
            "Download a replay as one MP4",
            new OpenApiAnswer(
                200,
                "The file, made while it is sent; with dryRun what it would be.",
                ReplayApiJson.Default.ReplayFile
            )
            {
                OrContentType = "video/mp4",
            },
            Error(400, "dryRun is none."),
            Error(404, "There is no such live stream or replay."),
            Error(409, "It cannot be: why, in words. On air, nothing but gaps, or no ffmpeg."),
            Error(503, "Another one is being downloaded, or the stream or the store does not answer.")
        )
        {
            Description =
                "In fragments, without encoding anything anew; needs ffmpeg on the server. Reads every segment from the store. A connection that is cut "
                + "before its end means that the file is not whole.",
            Parameters = [new("dryRun", "query", "boolean", "Only say what it would be.")],
        },
        new(
            "GET",
            Stream + "/sweep",
            "store",
            "What a sweep would delete",
            new(200, "Nothing was deleted.", SweepJson.Default.SweepResult),
            s_noStream,
            Error(409, "Only the writer sweeps."),
            s_storeAway
        ),
        new(
            "POST",
            Stream + "/sweep",
            "store",
            "Delete what no playlist names any more",
            new(200, "What was deleted.", SweepJson.Default.SweepResult),
            Error(400, "dryRun is none."),
            s_noStream,
            Error(409, "Only the writer sweeps."),
            s_storeAway
        )
        {
            Parameters = [new("dryRun", "query", "boolean", "Only say what would be deleted.")],
        },
    ];

    private static OpenApiAnswer Error(int status, string what) => new(status, what, AdminJson.Default.ApiError);
}
