using System.Collections.Frozen;
using Spillway.Configuration;
using Spillway.Timeline;

namespace Spillway.Sources.Push;

/// <summary>An inlet for each stream that encoders push to.</summary>
internal sealed class PushInlets(SpillwayOptions options, TimeProvider time)
{
    private readonly FrozenDictionary<string, PushInlet> _inlets = options
        .Streams.Where(static s => s.Value.Source == StreamOptions.Push)
        .ToFrozenDictionary(static s => s.Key, _ => new PushInlet(time), StringComparer.Ordinal);

    /// <summary>Null for a stream that is not pushed to.</summary>
    public PushInlet? Of(string stream) => _inlets.GetValueOrDefault(stream);
}
