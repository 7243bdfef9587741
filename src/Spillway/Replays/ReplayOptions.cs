using System.Text.Json.Serialization;
using Spillway.Configuration;

namespace Spillway.Replays;

/// <summary>Which of a stream's broadcasts are kept to be watched again. Any of these set switches replays on.</summary>
internal sealed class ReplayOptions
{
    /// <summary>How long after its end; 0: not limited by age.</summary>
    [Bounds(1, 366 * 86400, OrZero = true)]
    public TimeSpan Keep { get; set; }

    /// <summary>How many, the newest; 0: not limited by number.</summary>
    [Bounds(1, ReplayRules.Most, OrZero = true)]
    public int Count { get; set; }

    /// <summary>Bytes in all; 0: not limited by size.</summary>
    [Bounds(1, 1e15, OrZero = true)]
    public ByteSize Size { get; set; }

    /// <summary>Not a setting.</summary>
    [JsonIgnore]
    public bool IsOn => Keep > TimeSpan.Zero || Count > 0 || Size.Bytes > 0;
}
