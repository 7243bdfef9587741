using System.Text;

namespace Spillway.Checks;

/// <summary>The findings for people: grouped, the worst first, each with what it means and the remedy. No colour, so none is needed.</summary>
internal static class CheckText
{
    private const int Width = 110;
    private const string Indent = "           ";

    public static string Of(IReadOnlyList<CheckFinding> findings)
    {
        var text = new StringBuilder();
        foreach (var group in FindingCatalog.Groups)
        {
            var shown = findings
                .Where(finding => finding.Kind.Group == group)
                .OrderByDescending(static finding => finding.Kind.Level);
            var isFirst = true;
            foreach (var finding in shown)
            {
                if (isFirst)
                    text.Append(char.ToUpperInvariant(group[0])).Append(group.AsSpan(1)).Append('\n');
                isFirst = false;
                Append(text, finding);
            }
        }
        var (errors, warnings, notes) = Count(findings);
        text.Append('\n');
        text.Append(errors == 0 && warnings == 0 ? "All is well" : $"{Number(errors, "error")}, {Number(warnings, "warning")}");
        return text.Append($", {Number(notes, "note")}.\n").ToString();
    }

    public static (int Errors, int Warnings, int Notes) Count(IReadOnlyList<CheckFinding> findings)
    {
        return (Of(FindingLevel.Error), Of(FindingLevel.Warning), Of(FindingLevel.Note));

        int Of(FindingLevel level) => findings.Count(finding => finding.Kind.Level == level);
    }

    public static string Word(FindingLevel level) =>
        level switch
        {
            FindingLevel.Ok => "ok",
            FindingLevel.Note => "note",
            FindingLevel.Warning => "warning",
            _ => "error",
        };

    private static void Append(StringBuilder text, CheckFinding finding)
    {
        var subject = finding.Subject is null ? "" : $"[{finding.Subject}] ";
        text.Append("  ").Append(Word(finding.Kind.Level).PadRight(Indent.Length - 2));
        Wrap(text, subject + finding.Seen, isContinued: true);
        if (finding.Kind.Level == FindingLevel.Ok)
            return;
        Wrap(text, $"{finding.Kind.Means} ({finding.Kind.Id})", isContinued: false);
        if (finding.Remedy.Length > 0)
            Wrap(text, $"Remedy: {finding.Remedy}", isContinued: false);
    }

    /// <param name="isContinued">Something stands on the line already, as wide as the indent.</param>
    private static void Wrap(StringBuilder text, string words, bool isContinued)
    {
        var room = 0;
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (room == 0 || word.Length + 1 > room)
            {
                if (room != 0)
                    text.Append('\n');
                if (room != 0 || !isContinued)
                    text.Append(Indent);
                room = Width - Indent.Length;
            }
            else
            {
                text.Append(' ');
                room--;
            }
            text.Append(word);
            room = Math.Max(1, room - word.Length);
        }
        text.Append('\n');
    }

    private static string Number(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
