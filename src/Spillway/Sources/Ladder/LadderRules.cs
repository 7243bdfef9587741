using Spillway.Configuration;
using Spillway.Sources.Hls;

namespace Spillway.Sources.Ladder;

/// <summary>What <c>Ladder</c> may say.</summary>
internal static class LadderRules
{
    /// <summary>More than that no machine encodes live, and no player needs.</summary>
    private const int Most = 6;

    public static void Check(string path, string[] ladder, Problems problems)
    {
        if (problems.AnyWrong(path))
            return;
        if (ladder.Length > Most)
        {
            problems.Add(path, $"{problems.Label(path)} has {ladder.Length} renditions: at most {Most} can be made.");
            return;
        }
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in ladder)
        {
            if (LadderStep.TryParse(text) is null)
                problems.Wrong(path, text, LadderStep.Expected);
            else if (!seen.Add(text.Trim()))
                problems.Add(path, $"{problems.Label(path)} has {Shown.Value(text)} twice.");
        }
    }

    /// <summary>The steps of settings that were checked, each with a name of its own.</summary>
    public static IReadOnlyList<LadderStep> Steps(string[] ladder)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. ladder.Select(text =>
            {
                var step = LadderStep.TryParse(text)!;
                return step with { Name = RenditionNames.Unique(step.Name, taken) };
            }),
        ];
    }
}
