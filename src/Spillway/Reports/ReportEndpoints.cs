using System.Globalization;
using Spillway.Admin;
using Spillway.Events;
using Spillway.Retention;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Reports;

/// <summary>
/// <c>GET /api/v1/streams/{stream}/broadcasts?limit=20&amp;before=ID</c> lists broadcasts by their reports, newest first;
/// <c>…/broadcasts/{id}</c> is one report, and <c>DELETE</c> deletes it.
/// </summary>
internal sealed class ReportEndpoints(
    LiveStreams streams,
    AdminDoor door,
    ReportCatalogue catalogue,
    EventLog log,
    IObjectStore store
)
{
    /// <summary>A report without its end whose writer is gone: while it is on air it is stored each minute.</summary>
    private static readonly TimeSpan s_left = 10 * BroadcastReporter.Every;

    private const string Path = "/streams/{stream}/broadcasts";
    private const int DefaultLimit = 20;
    private const int MostAtOnce = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        door.Map(routes, HttpMethods.Get, Path, context => GuardAsync(context, ListAsync));
        door.Map(routes, HttpMethods.Get, Path + "/{id}", context => GuardAsync(context, GetAsync));
        door.Map(routes, HttpMethods.Delete, Path + "/{id}", context => GuardAsync(context, DeleteAsync));
    }

    private async Task GuardAsync(HttpContext context, Func<HttpContext, LiveStream, Task> answer)
    {
        if (await streams.FindAsync(context) is not { } stream)
            return;
        try
        {
            await answer(context, stream);
        }
        catch (ObjectStoreException exception)
        {
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }

    private async Task ListAsync(HttpContext context, LiveStream stream)
    {
        var (limitText, before) = (context.Request.Query["limit"].ToString(), context.Request.Query["before"].ToString());
        var limit = DefaultLimit;
        if (
            limitText.Length > 0
            && (
                !int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                || limit is < 1 or > MostAtOnce
            )
        )
        {
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                $"limit must be a whole number from 1 to {MostAtOnce}."
            );
            return;
        }
        if (before.Length > 0 && !SweepKey.IsBroadcast(before))
        {
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                "before must be a broadcast's id, such as the last one of the page before."
            );
            return;
        }
        var (ids, asOf) = await catalogue.ListAsync(stream, context.RequestAborted);
        string[] wanted = [.. ids.Where(id => before.Length == 0 || string.CompareOrdinal(id, before) < 0)];
        var page = new List<BroadcastSummary>();
        foreach (var id in wanted.Take(limit))
            page.Add(BroadcastSummary.Of(id, await catalogue.FindAsync(stream, id, context.RequestAborted)));
        await AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new BroadcastList(stream.Name, page, wanted.Length > limit ? wanted[limit - 1] : null, asOf),
            ReportsJson.Default.BroadcastList
        );
    }

    private async Task DeleteAsync(HttpContext context, LiveStream stream)
    {
        var id = context.GetRouteValue("id") as string ?? "";
        var (ids, _) = await catalogue.ListAsync(stream, context.RequestAborted);
        if (!ids.Contains(id, StringComparer.Ordinal))
        {
            await SendNoneAsync(context, stream);
            return;
        }
        var report = await catalogue.FindAsync(stream, id, context.RequestAborted);
        if (IsWritten(stream, id, report))
        {
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status409Conflict,
                $"{id} is on air or just ending: its report can be deleted once it has ended."
            );
            return;
        }
        await catalogue.DeleteAsync(stream, id, context.RequestAborted);
        log.Add(
            EventLevel.Info,
            stream.Name,
            EventKinds.Operator,
            $"The operator has deleted the report of {id}.",
            broadcast: id
        );
        await AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new DeletedReport(stream.Name, id),
            ReportsJson.Default.DeletedReport
        );
    }

    /// <summary>Somebody would store it again: this process, or another that has said so not long ago.</summary>
    private bool IsWritten(LiveStream stream, string id, BroadcastReport? report)
    {
        if (stream.Status is { State: "live" or "slate", Broadcast: var onAir } && onAir == id)
            return true;
        if (stream.Reports?.Find(id) is { } own)
            return own.State != BroadcastReport.Ended;
        return report is { State: not BroadcastReport.Ended } left && store.Now - left.AsOf < s_left;
    }

    private async Task GetAsync(HttpContext context, LiveStream stream)
    {
        var id = context.GetRouteValue("id") as string ?? "";
        if (SweepKey.IsBroadcast(id) && await catalogue.FindAsync(stream, id, context.RequestAborted) is { } report)
            await AdminDoor.SendAsync(context, StatusCodes.Status200OK, report, ReportsJson.Default.BroadcastReport);
        else
            await SendNoneAsync(context, stream);
    }

    private static Task SendNoneAsync(HttpContext context, LiveStream stream) =>
        AdminDoor.SendErrorAsync(
            context,
            StatusCodes.Status404NotFound,
            $"There is no report of such a broadcast of {stream.Name}."
        );
}

/// <param name="Broadcasts">Newest first.</param>
/// <param name="Next">To be given as <c>before</c> for the next page; null: this is the last.</param>
/// <param name="AsOf">When the store was asked which there are; this process's own are always among them.</param>
internal sealed record BroadcastList(
    string Stream,
    IReadOnlyList<BroadcastSummary> Broadcasts,
    string? Next,
    DateTimeOffset AsOf
);

/// <summary>Answer of <c>DELETE …/broadcasts/{id}</c>.</summary>
internal sealed record DeletedReport(string Stream, string Broadcast);

/// <param name="State"><c>onAir</c>, <c>ended</c>, or <c>unreadable</c>.</param>
/// <param name="Gaps">Of the rendition that has most.</param>
/// <param name="PeakPeers">P2P peers; null: not measured.</param>
internal sealed record BroadcastSummary(
    string Broadcast,
    string State,
    string Title,
    DateTimeOffset? Begin,
    DateTimeOffset? End,
    double? Seconds,
    long? Segments,
    long? Gaps,
    int? PeakPeers
)
{
    public static BroadcastSummary Of(string id, BroadcastReport? report) =>
        report is null
            ? new(id, "unreadable", "", null, null, null, null, null, null)
            : new(
                id,
                report.State,
                report.Title,
                report.Begin,
                report.End,
                report.Seconds,
                report.Renditions.Sum(static rendition => rendition.Segments),
                report.Renditions.Select(static rendition => rendition.Gaps).DefaultIfEmpty().Max(),
                report.Viewers?.Peak
            );
}
