using System.Globalization;
using System.Text;

namespace Spillway.Retention;

/// <summary>A sweep's result for a person.</summary>
internal static class SweepText
{
    public static string Of(SweepResult result)
    {
        var text = new StringBuilder();
        Line(
            text,
            $"{result.Stream}: {Keys(result.DeletedKeys)}, {Bytes(result.DeletedBytes)}, {(result.DryRun ? "would be deleted" : "deleted")} of {result.Keys:N0}, {Bytes(result.Bytes)}"
        );
        foreach (var group in result.Deleted)
            Line(text, $"  {group.Keys, 9:N0}  {Bytes(group.Bytes), 9}  {group.Reason}");
        if (result.Unknown > 0)
            Line(
                text,
                $"  left alone: {Keys(result.Unknown)} not made by Spillway: {string.Join(", ", result.UnknownExamples)}{(result.Unknown > result.UnknownExamples.Count ? ", …" : "")}"
            );
        foreach (var problem in result.Problems)
            Line(text, $"  left alone: {problem}");
        if (result.More is { } more)
            Line(text, $"  more from {more.UtcDateTime:yyyy-MM-dd HH:mm} UTC on");
        var cost = result.Operations;
        Line(
            text,
            $"  operations: {cost.ClassA:N0} of class A ({cost.Lists:N0} LIST, {cost.Puts:N0} PUT), {cost.ClassB:N0} of class B, {cost.Deletes:N0} DELETE"
        );
        return text.ToString();
    }

    private static string Keys(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "key" : "keys")}");

    private static string Bytes(long bytes) =>
        bytes switch
        {
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
            < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
            < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        };

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
