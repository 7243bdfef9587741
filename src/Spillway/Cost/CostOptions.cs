using System.Text.Json.Serialization;
using Spillway.Configuration;

namespace Spillway.Cost;

/// <summary>What things cost, and where the store's own count of them is read.</summary>
internal sealed class CostOptions
{
    /// <summary>A price list in place of the one in the program; empty: that one.</summary>
    public string Prices { get; set; } = "";

    /// <summary>Of Cloudflare's analytics; empty: they are not read.</summary>
    [Secret]
    public string CloudflareToken { get; set; } = "";

    /// <summary>Empty: as in Storage.Endpoint.</summary>
    public string CloudflareAccount { get; set; } = "";

    /// <summary>The zone of Storage.PublicUrl, for what the edge answers; empty: that is not read.</summary>
    public string CloudflareZone { get; set; } = "";

    /// <summary>What <see cref="Prices"/> names, read when the settings are.</summary>
    [JsonIgnore]
    public PriceList List { get; set; } = PriceList.Builtin;
}
