using System.Diagnostics.Metrics;
using System.Reflection;

namespace Spillway.Metrics;

/// <summary>The meter that this server's instruments belong to.</summary>
internal sealed class Telemetry : IDisposable
{
    public const string Name = "Spillway";

    public static string Version { get; } =
        typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "";

    public Meter Meter { get; } = new(Name, Version);

    public void Dispose() => Meter.Dispose();
}
