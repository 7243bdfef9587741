using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.AdaptiveWindow;

/// <summary>A stream's live delay and window as they are now, for <c>/health</c> and <c>GET /api/v1/streams/{stream}/window</c>.</summary>
/// <param name="Mode"><c>off</c>, <c>fixed</c> or <c>adaptive</c>.</param>
/// <param name="Delay">Seconds behind the live edge at which players play.</param>
/// <param name="Seconds">That the playlists list at least, once there is so much.</param>
/// <param name="LeastDelay">Seconds; the lower bound.</param>
/// <param name="MostDelay">Seconds; the upper bound.</param>
/// <param name="MostSeconds">Upper bound of the window.</param>
/// <param name="Reason">Why it is so, in words.</param>
/// <param name="Changed">When the delay was changed last, by the store's clock; null: never since the start.</param>
internal sealed record WindowReport(
    string Mode,
    double Delay,
    double Seconds,
    double LeastDelay,
    double MostDelay,
    double MostSeconds,
    string Reason,
    DateTimeOffset? Changed
);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(WindowReport))]
internal sealed partial class WindowJson : JsonSerializerContext;
