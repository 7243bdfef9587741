namespace Spillway.Metrics;

/// <summary>Figures and traces for other programs: where they are sent. <c>GET /metrics</c> is always there, for whom it is open.</summary>
internal sealed class MetricsOptions
{
    public const string Grpc = "grpc";
    public const string HttpProtobuf = "http/protobuf";

    /// <summary>
    /// Address of a collector that takes OTLP, such as <c>http://127.0.0.1:4317</c>; empty: what <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says,
    /// and nothing is sent when that is not set either.
    /// </summary>
    public string Otlp { get; set; } = "";

    /// <summary><c>grpc</c> or <c>http/protobuf</c>; empty: what <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> says, else <c>grpc</c>.</summary>
    public string OtlpProtocol { get; set; } = "";
}
