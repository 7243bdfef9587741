using System.Text.Json.Serialization;

namespace Spillway.Bench.SwarmSimulation;

/// <summary>Who watches, and how they are connected.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Audience>))]
internal enum Audience
{
    /// <summary>As in the measurements in Chromium: every line is fast, everybody reaches everybody, nobody leaves.</summary>
    OneMachine,

    /// <summary>The lines of a public audience without its troubles: everybody reaches everybody, nobody leaves.</summary>
    Reachable,

    /// <summary>Lines, NATs and churn of a public audience.</summary>
    Public,
}
