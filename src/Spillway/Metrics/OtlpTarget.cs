using System.Globalization;
using Spillway.Configuration;

namespace Spillway.Metrics;

/// <summary>Where one signal is sent.</summary>
/// <param name="Endpoint">The whole address.</param>
/// <param name="Protocol">See <see cref="MetricsOptions"/>.</param>
/// <param name="Headers"><c>name=value,name=value</c>; may hold a secret, and is never shown.</param>
/// <param name="Timeout">Of one request.</param>
internal sealed record OtlpTarget(Uri Endpoint, string Protocol, string Headers, TimeSpan Timeout)
{
    public const string Metrics = "METRICS";
    public const string Traces = "TRACES";

    /// <summary>What all variables of OpenTelemetry begin with.</summary>
    public const string Prefix = "OTEL_";

    public const string Disabled = "OTEL_SDK_DISABLED";

    /// <summary>
    /// By <see href="https://opentelemetry.io/docs/specs/otel/protocol/exporter/">the exporter's specification</see>: a signal's own variable
    /// comes before that of all signals; the address of all signals gets the signal's path with http/protobuf, a signal's own does not.
    /// The settings of Spillway's own come before both.
    /// </summary>
    /// <param name="signal"><see cref="Metrics"/> or <see cref="Traces"/>.</param>
    /// <returns>Null: it is not sent.</returns>
    public static OtlpTarget? For(string signal, SpillwayOptions options)
    {
        var variables = options.OtelVariables;
        if (IsTrue(Disabled) || Get($"OTEL_{signal}_EXPORTER") is "none")
            return null;
        var settings = options.Metrics;
        var own = settings.Otlp.Length > 0 ? null : Get($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
        var all = settings.Otlp.Length > 0 ? settings.Otlp : Get("OTEL_EXPORTER_OTLP_ENDPOINT");
        var protocol = settings.OtlpProtocol.Length > 0 ? settings.OtlpProtocol : OfSignal("PROTOCOL") ?? MetricsOptions.Grpc;
        if ((own ?? all) is not { } address || !WebAddress.TryParse(address, out _))
            return null;
        if (own is null && protocol == MetricsOptions.HttpProtobuf)
            address = $"{address.TrimEnd('/')}/v1/{(signal == Metrics ? "metrics" : "traces")}";
        return new OtlpTarget(new Uri(address), protocol, OfSignal("HEADERS") ?? "", Milliseconds(OfSignal("TIMEOUT")));

        string? OfSignal(string what) => Get($"OTEL_EXPORTER_OTLP_{signal}_{what}") ?? Get($"OTEL_EXPORTER_OTLP_{what}");

        string? Get(string name) => variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

        bool IsTrue(string name) => bool.TryParse(Get(name), out var value) && value;
    }

    /// <summary>10 s is the specification's default.</summary>
    private static TimeSpan Milliseconds(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? TimeSpan.FromMilliseconds(value)
            : TimeSpan.FromSeconds(10);
}
