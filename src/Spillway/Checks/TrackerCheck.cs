using Spillway.Storage;
using Spillway.Tracker;
using Spillway.Tracker.Nodes;

namespace Spillway.Checks;

/// <summary>Whether viewers can find each other: the tracker as players reach it, STUN servers, other nodes.</summary>
internal sealed class TrackerCheck(CheckContext context, FindingList findings)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var shared = context.Options.Streams.Where(static pair => pair.Value.P2P).Select(static pair => pair.Key).ToArray();
        if (shared.Length == 0)
        {
            findings.Add(TrackerFindings.Off, "No stream is shared between viewers: P2P is off.");
            if (context.Running is not null)
                await ReportsAsync(cancellationToken);
            return;
        }
        await Task.WhenAll(
            OwnAsync(shared, cancellationToken),
            NodesAsync(shared[0], cancellationToken),
            StunAsync(cancellationToken)
        );
    }

    private async Task OwnAsync(string[] streams, CancellationToken cancellationToken)
    {
        if (context.Running is null)
        {
            findings.Add(
                TrackerFindings.NotRunning,
                "Spillway does not run at the port of these settings; its tracker was not tried."
            );
            return;
        }
        // Where no public address is set, players use the host of their page: of this machine only its own can be tried.
        string[] addresses =
        [
            .. streams.Select(stream =>
                ((NodeWatch?)null)
                    .TrackersOf(context.Options, context.Options.Server.Port, stream)[0]
                    .Replace("{host}", "127.0.0.1", StringComparison.Ordinal)
            ),
        ];
        var good = await Task.WhenAll(
            addresses.SelectMany(address => Origins().Select(origin => TryAsync(address, origin, cancellationToken)))
        );
        if (Array.TrueForAll(good, static one => one))
            findings.Add(
                TrackerFindings.Answers,
                $"{string.Join(", ", addresses)} took an announce and a scrape of pages of {string.Join(", ", Origins())}."
            );
        // On the same way the reports are lost to the same fault: it is told once.
        if (Array.TrueForAll(good, static one => one) || context.Options.Tracker.PublicUrl.Length > 0)
            await ReportsAsync(cancellationToken);
    }

    /// <summary>The socket of the viewers' reports, by the address that players are told.</summary>
    private async Task ReportsAsync(CancellationToken cancellationToken)
    {
        if (context.Options.Audience.Reporters == 0)
            return;
        var (server, origin) = (context.Options.Server, Origins().First());
        var tried = await Task.WhenAll(
            // One that the running server does not have is a finding of its own.
            context
                .Options.Streams.Keys.Where(stream =>
                    context.Running is not { Streams: { } } running || running.Find(stream) is not null
                )
                .Select(async stream =>
                {
                    var address = Streams
                        .OriginWebSocket.Address(server, server.Port, $"reports/{stream}")
                        .Replace("{host}", "127.0.0.1", StringComparison.Ordinal);
                    var seen = await TrackerProbe.TryReportsAsync(
                        new Uri(address),
                        origin,
                        context.Limits.Answer,
                        cancellationToken
                    );
                    return (address, Problem: ProblemOfReports(seen));
                })
        );
        if (tried.FirstOrDefault(static one => one.Problem is not null) is (var lost, { } problem))
            findings.Add(TrackerFindings.ReportsLost, $"{lost} {problem}.");
        else
            findings.Add(
                TrackerFindings.Reports,
                $"{string.Join(", ", tried.Select(static one => one.address))} opened and closed."
            );
    }

    /// <returns>Null: all is well, also where enough viewers report already (503).</returns>
    private static string? ProblemOfReports(TrackerSight seen) =>
        seen switch
        {
            { Upgraded: true, Answered: true } or { Status: 503 } => null,
            { Upgraded: true } => "opened, and did not answer when it was closed",
            { Status: > 0 } => $"answers {seen.Status} instead of opening a WebSocket (101)",
            _ => $"cannot be reached: {seen.Problem}",
        };

    /// <summary>The page is served from the edge as well as from the server.</summary>
    private IEnumerable<string> Origins() =>
        context.PageOrigins.Append(context.Edge.GetLeftPart(UriPartial.Authority)).Distinct(StringComparer.OrdinalIgnoreCase);

    private async Task<bool> TryAsync(string address, string origin, CancellationToken cancellationToken)
    {
        var uri = new Uri(address);
        var seen = await TrackerProbe.TryAsync(uri, origin, context.Limits.Answer, cancellationToken);
        if (seen is { Upgraded: true, Answered: true })
            return true;
        var (kind, what) = seen switch
        {
            { Upgraded: true } => (TrackerFindings.Silent, "opened, and answered neither an announce nor a scrape"),
            // Named as they are meant to be refused: the list lacks a page that Spillway itself serves.
            { Status: 403 } when !new AllowedOrigins(context.Options.Tracker.Origins).Allow(origin) => (
                TrackerFindings.OriginRefused,
                $"refuses pages of {origin} (403): Tracker.Origins does not list them"
            ),
            { Status: 403 } => (
                TrackerFindings.OriginRefused,
                $"refuses pages of {origin} (403), which Tracker.Origins does not forbid"
            ),
            { Status: 404 or (>= 300 and < 400) } => (TrackerFindings.Elsewhere, $"answers {seen.Status}"),
            { Status: 503 } => (TrackerFindings.Full, "answers 503"),
            { Status: 502 or 504 or (>= 520 and < 531) } => (
                TrackerFindings.Unreachable,
                $"answers {seen.Status}: the proxy or tunnel does not reach this server"
            ),
            { Status: > 0 } => (TrackerFindings.NoUpgrade, $"answers {seen.Status} instead of opening a WebSocket (101)"),
            _ => (TrackerFindings.Unreachable, $"cannot be reached: {seen.Problem}"),
        };
        if (kind == TrackerFindings.OriginRefused || !findings.Has(kind))
            findings.Add(kind, $"{uri} {what}.");
        return false;
    }

    private async Task StunAsync(CancellationToken cancellationToken)
    {
        var servers = context.Options.Tracker.Stun;
        if (servers.Length == 0)
        {
            findings.Add(TrackerFindings.NoStun, "Tracker.Stun is empty.");
            return;
        }
        var answers = await Task.WhenAll(
            servers.Select(server => StunProbe.AskAsync(server, context.Limits.Answer, context.Time, cancellationToken))
        );
        foreach (var (server, answer) in servers.Zip(answers))
            if (answer.Problem is { } problem)
                findings.Add(TrackerFindings.StunDead, $"{server}: {problem}.");
            else
                findings.Add(TrackerFindings.Stun, $"{server} answered: this machine is seen as {answer.Seen}.");
    }

    private async Task NodesAsync(string stream, CancellationToken cancellationToken)
    {
        if (context.Options.Tracker.Nodes.Length == 0 || !context.HasBucket)
            return;
        using var bucket = new S3ObjectStore(context.Options.Storage, context.Time, context.Limits.Answer);
        await Task.WhenAll(context.Options.Tracker.Nodes.Select(node => NodeAsync(bucket, node, stream, cancellationToken)));
    }

    private async Task NodeAsync(S3ObjectStore bucket, string node, string stream, CancellationToken cancellationToken)
    {
        var key = Playlists.StreamKeys.Heartbeat(node);
        var read = await bucket.GetAsync(key, cancellationToken);
        if (read.Status is GetStatus.Refused or GetStatus.Unknown)
            return;
        if (read.Object is not { } stored)
        {
            findings.Add(TrackerFindings.NodeDead, $"{node} has given no sign of life: there is no {key} in the bucket.");
            return;
        }
        if (NodeHeartbeat.Read(node, stored.Body.Span) is not { } heartbeat)
        {
            findings.Add(TrackerFindings.NodeDead, $"{key} is no heartbeat of a tracker node.");
            return;
        }
        var age = bucket.Now - stored.LastModified;
        var words = $"{node} at {heartbeat.Address}";
        if (age > heartbeat.LivesFor)
        {
            findings.Add(TrackerFindings.NodeDead, $"{words} has given no sign of life for {(long)age.TotalSeconds} s.");
            return;
        }
        var origin = context.Edge.GetLeftPart(UriPartial.Authority);
        var seen = await TrackerProbe.TryAsync(
            new Uri($"{heartbeat.Address}/tracker/{stream}"),
            origin,
            context.Limits.Answer,
            cancellationToken
        );
        if (seen is { Upgraded: true, Answered: true })
            findings.Add(
                TrackerFindings.Node,
                $"{words} lives, with {heartbeat.Connections} of {heartbeat.Capacity} connections."
            );
        else
            findings.Add(
                TrackerFindings.NodeDead,
                $"{words} gives signs of life, and a player of {stream} gets no answer there: {seen.Problem ?? $"status {seen.Status}"}."
            );
    }
}
