namespace Spillway.EndToEnd;

/// <summary>Test collections: within one, tests run one after the other; the two run side by side.</summary>
internal static class Lanes
{
    /// <summary>Tests with a browser, and all that do not say otherwise.</summary>
    public const string Viewers = "viewers";

    /// <summary>Tests that start servers and sources only, and judge no times.</summary>
    public const string Servers = "servers";
}
