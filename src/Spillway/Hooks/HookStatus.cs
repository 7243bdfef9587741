namespace Spillway.Hooks;

/// <summary>How it stands with a hook, since the start.</summary>
/// <param name="Name">As in the settings.</param>
/// <param name="Host">Where it leads; the rest of its address may be a secret.</param>
/// <param name="State"><c>ok</c>, <c>failing</c> (it is tried again) or <c>stopped</c> (it has answered 410, or failed by a defect).</param>
/// <param name="Delivered">Messages.</param>
/// <param name="Waiting">Messages that are still to be sent.</param>
/// <param name="GivenUp">Messages that were tried as often as can be.</param>
/// <param name="Dropped">Messages for which there was no room, or that came after a 410.</param>
/// <param name="LastDelivery">By the store's clock; null: none yet.</param>
/// <param name="LastProblem">Why the last failed try failed; null: none has.</param>
/// <param name="LastProblemTime">When that was.</param>
internal sealed record HookStatus(
    string Name,
    string Host,
    string State,
    long Delivered,
    int Waiting,
    long GivenUp,
    long Dropped,
    DateTimeOffset? LastDelivery,
    string? LastProblem,
    DateTimeOffset? LastProblemTime
)
{
    public const string Ok = "ok";
    public const string Failing = "failing";
    public const string Stopped = "stopped";
}
