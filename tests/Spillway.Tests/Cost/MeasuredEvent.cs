using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Spillway.Tests.Cost;

/// <summary>A result of <c>make bench PART=event</c>, as it lies in the repository.</summary>
internal sealed class MeasuredEvent : IDisposable
{
    private readonly JsonDocument _document;
    private readonly JsonElement _figures;

    public MeasuredEvent(int renditions, [CallerFilePath] string file = "")
    {
        _document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, $"../../../bench/results/event-40min-{renditions}.json"))
        );
        _figures = _document.RootElement.GetProperty("figures");
    }

    /// <param name="path">Names from the root down, with dots between.</param>
    public double this[string path] => path.Split('.').Aggregate(_figures, static (at, name) => at.GetProperty(name)).GetDouble();

    public double[] Kilobits =>
        [.. _figures.GetProperty("plan").GetProperty("kilobits").EnumerateArray().Select(static k => k.GetDouble())];

    /// <summary>Class B of one of the edges of its table of costs.</summary>
    public double ClassB(string edge) =>
        _figures
            .GetProperty("costs")
            .EnumerateArray()
            .Single(cost => cost.GetProperty("edge").GetString() == edge)
            .GetProperty("classB")
            .GetDouble();

    public void Dispose() => _document.Dispose();
}
