namespace Spillway.EndToEnd.FirstFrame;

/// <param name="P50">Of <see cref="ColdLoad.Frame"/>.</param>
/// <param name="Median">Of each step by itself.</param>
internal sealed record FirstFramePage(string Page, double P50, double P95, ColdLoad Median, IReadOnlyList<ColdLoad> Samples)
{
    public const string Head =
        "| page | p50 | p95 | HTML | scripts | player.json | playlists | first segment | first frame |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|";

    public static FirstFramePage Of(string page, IReadOnlyList<ColdLoad> loads) =>
        new(
            page,
            Quantile(static load => load.Frame, 0.5, loads),
            Quantile(static load => load.Frame, 0.95, loads),
            Middle(loads),
            loads
        );

    public override string ToString() =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"| {Page} | {P50:0} | {P95:0} | {Median.Html:0} | {Median.Script:0} | {Median.PlayerJson:0} | {Median.Playlists:0} | {Median.Segment:0} | {Median.Frame:0} |"
        );

    private static ColdLoad Middle(IReadOnlyList<ColdLoad> loads) =>
        new(
            Quantile(static load => load.Html, 0.5, loads),
            Quantile(static load => load.Script, 0.5, loads),
            loads.All(static load => load.PlayerJson is not null)
                ? Quantile(static load => load.PlayerJson!.Value, 0.5, loads)
                : null,
            Quantile(static load => load.Playlists, 0.5, loads),
            Quantile(static load => load.Segment, 0.5, loads),
            Quantile(static load => load.Frame, 0.5, loads)
        );

    /// <summary>The smallest value that so many of all do not exceed.</summary>
    private static double Quantile(Func<ColdLoad, double> value, double part, IReadOnlyList<ColdLoad> loads) =>
        Math.Round(loads.Select(value).Order().ElementAt((int)Math.Ceiling(part * loads.Count) - 1), 1);
}
