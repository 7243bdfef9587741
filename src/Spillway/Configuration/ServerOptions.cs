namespace Spillway.Configuration;

internal sealed class ServerOptions
{
    /// <summary>Port of the origin: pages, playlists, tracker, health. 0: any free one.</summary>
    [Bounds(0, 65535)]
    public int Port { get; set; } = 3000;

    /// <summary>Port of the embedded store's edge; unused with an S3 store. 0: any free one.</summary>
    [Bounds(0, 65535)]
    public int EdgePort { get; set; } = 3001;

    /// <summary>The origin's public address, such as <c>https://tv.example.org</c>; empty: the player derives the tracker's from its own.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>PEM file with certificate and key for https; empty: http.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>Addresses or networks whose forwarded headers are believed.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>Host names the origin answers to in addresses it makes up; empty: any valid one.</summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Paths that also serve the default stream's multivariant playlist.</summary>
    public string[] PlaylistAliases { get; set; } = ["/hls/stream.m3u8"];

    /// <summary><c>console</c> or <c>json</c>.</summary>
    public string LogFormat { get; set; } = "console";
}
