using Spillway.Metrics;

namespace Spillway.Configuration;

/// <summary>What must hold for the collector's address, in the settings and in OpenTelemetry's own variables.</summary>
internal static class MetricsRules
{
    private const string Address = "Metrics.Otlp";
    private const string Protocol = "Metrics.OtlpProtocol";
    private const string AnAddress = "a collector's http or https address, such as http://127.0.0.1:4317";

    public static void Check(SpillwayOptions options, Problems problems)
    {
        var metrics = options.Metrics;
        if (metrics.Otlp.Length > 0 && !problems.AnyWrong(Address) && !WebAddress.TryParse(metrics.Otlp, out _))
            problems.Wrong(Address, metrics.Otlp, $"{AnAddress}, or empty");
        var protocol = metrics.OtlpProtocol.Trim().ToLowerInvariant();
        if (IsProtocol(protocol))
            metrics.OtlpProtocol = protocol;
        else if (!problems.AnyWrong(Protocol))
            problems.Wrong(Protocol, metrics.OtlpProtocol, $"{MetricsOptions.Grpc}, {MetricsOptions.HttpProtobuf} or empty");
        foreach (var (name, value) in options.OtelVariables.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            if (value.Length > 0 && name.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.Ordinal))
                CheckVariable(name, value, problems);
    }

    private static void CheckVariable(string name, string value, Problems problems)
    {
        switch (name[(name.LastIndexOf('_') + 1)..])
        {
            case "ENDPOINT" when !WebAddress.TryParse(value, out _):
                problems.Add($"{name} is {Shown.Value(value)}: it must be {AnAddress}.");
                break;
            case "PROTOCOL" when !IsProtocol(value):
                problems.Add(
                    $"{name} is {Shown.Value(value)}: it must be {MetricsOptions.Grpc} or {MetricsOptions.HttpProtobuf}."
                );
                break;
            // What it holds may be a secret.
            case "HEADERS" when value.Split(',').Any(static pair => !pair.Contains('=', StringComparison.Ordinal)):
                problems.Add($"{name} must be name=value, with commas between.");
                break;
            case "CERTIFICATE":
                problems.Warn($"{name} is without effect: a collector's certificate is checked by what this machine trusts.");
                break;
        }
    }

    private static bool IsProtocol(string protocol) => protocol is "" or MetricsOptions.Grpc or MetricsOptions.HttpProtobuf;
}
