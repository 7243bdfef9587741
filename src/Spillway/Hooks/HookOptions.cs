using Spillway.Configuration;
using Spillway.Events;

namespace Spillway.Hooks;

/// <summary>An address that is told what happens.</summary>
internal sealed class HookOptions
{
    /// <summary>An http or https address, which may hold a secret of its own; empty: this hook is off.</summary>
    [Secret]
    public string Url { get; set; } = "";

    /// <summary>What the messages are signed with: <c>whsec_</c> and the Base64 of 24 to 64 bytes.</summary>
    [Secret]
    public string Secret { get; set; } = "";

    /// <summary>The kinds of events that are told, of <see cref="EventKinds"/>.</summary>
    public string[] Events { get; set; } =
    [
        EventKinds.OnAir,
        EventKinds.OffAir,
        EventKinds.Slate,
        EventKinds.SlateOver,
        EventKinds.Failover,
        EventKinds.StorageTrouble,
        EventKinds.StorageWell,
    ];
}
