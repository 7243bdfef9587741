using Spillway.Configuration;

namespace Spillway.AdaptiveWindow;

/// <summary>How far behind the live edge viewers of a stream play, and with it how far back its playlist goes.</summary>
internal sealed class LiveDelayOptions
{
    /// <summary>Values of <see cref="Mode"/>.</summary>
    public const string Off = "off";
    public const string Fixed = "fixed";
    public const string Adaptive = "adaptive";

    /// <summary><c>off</c>: by the length of the segments; <c>fixed</c>: as <see cref="Delay"/> says; <c>adaptive</c>: as the viewers' reports ask.</summary>
    public string Mode { get; set; } = Off;

    /// <summary>For <c>fixed</c>.</summary>
    [Bounds(2, 300, OrZero = true)]
    public TimeSpan Delay { get; set; }

    /// <summary>For <c>adaptive</c>: never shorter. 0: two segments and 3.5 s, at least 8 s; without P2P two and a half segments and 1 s, at least 6 s.</summary>
    [Bounds(2, 300, OrZero = true)]
    public TimeSpan Min { get; set; }

    /// <summary>For <c>adaptive</c>: never longer. 0: what <c>off</c> gives and 1.75 segments more, at least 6 s more.</summary>
    [Bounds(2, 300, OrZero = true)]
    public TimeSpan Max { get; set; }

    /// <summary>For <c>adaptive</c>: the window never needs to be longer. 0: what the longest delay asks for, and as much again as players may lag.</summary>
    [Bounds(10, 3600, OrZero = true)]
    public TimeSpan MaxWindow { get; set; }
}
