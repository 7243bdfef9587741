using Spillway.Audience;
using Spillway.Configuration;
using Spillway.Timeline;

namespace Spillway.AdaptiveWindow;

/// <summary>What <c>LiveDelay</c> may say.</summary>
internal static class LiveDelayRules
{
    /// <summary>Reports that cover more tell too late of a trouble, and are not looked at.</summary>
    private static readonly TimeSpan LongestEvery = TimeSpan.FromSeconds(60);

    /// <param name="path">Of the section.</param>
    public static void Check(string path, StreamOptions stream, AudienceOptions audience, Problems problems)
    {
        var options = stream.LiveDelay;
        var mode = options.Mode.Trim().ToLowerInvariant();
        if (mode is not (LiveDelayOptions.Off or LiveDelayOptions.Fixed or LiveDelayOptions.Adaptive))
        {
            problems.Wrong($"{path}.Mode", options.Mode, "off, fixed or adaptive");
            return;
        }
        options.Mode = mode;
        if (mode == LiveDelayOptions.Fixed && options.Delay == TimeSpan.Zero)
            problems.Add(
                $"{path}.Delay",
                $"{problems.Label($"{path}.Mode")} is fixed, and {path}.Delay is not set: it must be a time such as 20s. Without one set Mode to off."
            );
        if (mode == LiveDelayOptions.Adaptive)
            CheckAdaptive(path, options, audience, problems);
        WarnUnused("Delay", options.Delay, LiveDelayOptions.Fixed);
        WarnUnused("Min", options.Min, LiveDelayOptions.Adaptive);
        WarnUnused("Max", options.Max, LiveDelayOptions.Adaptive);
        WarnUnused("MaxWindow", options.MaxWindow, LiveDelayOptions.Adaptive);

        void WarnUnused(string name, TimeSpan value, string use)
        {
            if (value > TimeSpan.Zero && mode != use)
                problems.Warn($"{problems.Label($"{path}.{name}")} has no effect while {path}.Mode is {mode}: it is for {use}.");
        }
    }

    private static void CheckAdaptive(string path, LiveDelayOptions options, AudienceOptions audience, Problems problems)
    {
        if (audience.Reporters == 0)
            problems.Add(
                $"{path}.Mode",
                $"{problems.Label($"{path}.Mode")} is adaptive, which needs viewers who report: Audience.Reporters must not be 0."
            );
        else if (audience.Every > LongestEvery)
            problems.Add(
                $"{path}.Mode",
                $"{problems.Label($"{path}.Mode")} is adaptive, which needs a report of each viewer at least every {Durations.Show(LongestEvery)}: Audience.Every is {Durations.Show(audience.Every)}."
            );
        if (options.Max > TimeSpan.Zero && options.Max < options.Min)
            problems.Add(
                $"{path}.Max",
                $"{problems.Label($"{path}.Max")} is {Durations.Show(options.Max)}, less than {path}.Min, {Durations.Show(options.Min)}: it must not be."
            );
        if (options.MaxWindow > TimeSpan.Zero && options.MaxWindow < options.Max)
            problems.Add(
                $"{path}.MaxWindow",
                $"{problems.Label($"{path}.MaxWindow")} is {Durations.Show(options.MaxWindow)}, less than {path}.Max, {Durations.Show(options.Max)}: players would begin before the window."
            );
    }
}
