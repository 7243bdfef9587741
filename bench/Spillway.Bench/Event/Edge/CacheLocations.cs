using System.Globalization;

namespace Spillway.Bench.Event.Edge;

/// <summary>
/// The same requests at an edge with several cache locations, each viewer at one of them: which would have gone on to the store, when
/// each location asks for itself, and when all ask through one upper tier. A model beside the measured cache: nothing is asked of it.
/// </summary>
internal sealed class CacheLocations(int locations)
{
    private readonly Lock _changing = new();
    private readonly Dictionary<(int Location, string Path), double> _alone = [];
    private readonly Dictionary<(int Location, string Path), double> _tiered = [];
    private readonly Dictionary<string, double> _tier = new(StringComparer.Ordinal);

    public int Count => locations;

    public long Requests { get; private set; }

    /// <summary>To the store from all locations, each for itself.</summary>
    public long MissesAlone { get; private set; }

    /// <summary>To the store from the upper tier.</summary>
    public long MissesTiered { get; private set; }

    /// <param name="viewer">Its number: it stays at one location.</param>
    /// <param name="path">Of the object.</param>
    /// <param name="cacheControl">The answer's.</param>
    /// <param name="now">Seconds on any clock.</param>
    public void Ask(int viewer, string path, string cacheControl, double now)
    {
        var until = now + Lifetime(cacheControl);
        var key = (viewer % locations, path);
        lock (_changing)
        {
            Requests++;
            if (_alone.GetValueOrDefault(key) <= now)
            {
                MissesAlone++;
                _alone[key] = until;
            }
            if (_tiered.GetValueOrDefault(key) > now)
                return;
            if (_tier.GetValueOrDefault(path) <= now)
            {
                MissesTiered++;
                _tier[path] = until;
            }
            // What a tier gives on is as old as the tier has it (Age).
            _tiered[key] = _tier[path];
        }
    }

    /// <summary>Seconds for which a shared cache may keep an answer.</summary>
    public static double Lifetime(string cacheControl)
    {
        double lifetime = 0;
        foreach (var part in cacheControl.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part is "no-store" or "private")
                return 0;
            if (part.StartsWith("s-maxage=", StringComparison.OrdinalIgnoreCase))
                return double.Parse(part.AsSpan("s-maxage=".Length), CultureInfo.InvariantCulture);
            if (part.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase))
                lifetime = double.Parse(part.AsSpan("max-age=".Length), CultureInfo.InvariantCulture);
        }
        return lifetime;
    }
}
