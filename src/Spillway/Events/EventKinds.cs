namespace Spillway.Events;

/// <summary>The kinds of events, as the API, the dashboard and web hooks name them.</summary>
internal static class EventKinds
{
    public const string OnAir = "on-air";
    public const string OffAir = "off-air";
    public const string Slate = "slate";
    public const string SlateOver = "slate-over";
    public const string SourceAway = "source-away";
    public const string SourceBack = "source-back";

    /// <summary>Who writes a stream, where nobody was replaced.</summary>
    public const string Writer = "writer";

    /// <summary>One instance has taken a stream over from another.</summary>
    public const string Failover = "failover";
    public const string StorageTrouble = "storage-trouble";
    public const string StorageWell = "storage-well";

    /// <summary>Segments are listed as missing.</summary>
    public const string Gap = "gap";

    /// <summary>Viewers share, and get nothing from each other.</summary>
    public const string PeersZero = "peers-zero";
    public const string PeersWell = "peers-well";

    /// <summary>All works, and could work better.</summary>
    public const string Advice = "advice";

    /// <summary>The operator has used a switch.</summary>
    public const string Operator = "operator";

    public static IReadOnlyList<string> All { get; } =
    [
        OnAir,
        OffAir,
        Slate,
        SlateOver,
        SourceAway,
        SourceBack,
        Writer,
        Failover,
        StorageTrouble,
        StorageWell,
        Gap,
        PeersZero,
        PeersWell,
        Advice,
        Operator,
    ];

    /// <summary>Kinds of one matter: what they say replaces each other.</summary>
    public static string MatterOf(string kind) =>
        kind switch
        {
            SlateOver => Slate,
            OffAir => OnAir,
            SourceBack => SourceAway,
            StorageWell => StorageTrouble,
            PeersWell => PeersZero,
            Failover => Writer,
            _ => kind,
        };
}
