using Spillway.Configuration;

namespace Spillway.Admin;

/// <summary>The operator's door: <c>/api/v1</c>.</summary>
internal sealed class AdminOptions
{
    /// <summary>Characters; a shorter one can be guessed.</summary>
    public const int ShortestToken = 12;

    /// <summary>What an operator must show; empty: one is made at the first start, shown once and kept in the data folder.</summary>
    [Secret]
    public string Token { get; set; } = "";
}
