using Spillway.Configuration;

namespace Spillway.Admin;

/// <summary>The operator's door: <c>/api/v1</c> and <c>/dashboard</c>, and who may read what tells of the server.</summary>
internal sealed class AdminOptions
{
    /// <summary>Characters; a shorter one can be guessed.</summary>
    public const int ShortestToken = 12;

    /// <summary>What an operator must show; empty: one is made at the first start, shown once and kept in the data folder.</summary>
    [Secret]
    public string Token { get; set; } = "";

    /// <summary>Everybody may read <c>/metrics</c>.</summary>
    public bool PublicMetrics { get; set; }

    /// <summary>Everybody may read all of <c>/health</c>, and not only its first members.</summary>
    public bool PublicHealth { get; set; }

    /// <summary>
    /// Whoever asks from this machine itself needs no token. Not where anything passes requests on from here, such as a proxy or a
    /// tunnel: not all of them can be told apart.
    /// </summary>
    public bool TrustLoopback { get; set; }
}
