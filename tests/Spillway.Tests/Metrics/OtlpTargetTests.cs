using Spillway.Configuration;
using Spillway.Metrics;

namespace Spillway.Tests.Metrics;

public sealed class OtlpTargetTests
{
    [Theory]
    [InlineData("", null, null)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "http://c:4317/ grpc", "http://c:4317/ grpc")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318/ OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "http://c:4318/v1/metrics http/protobuf",
        "http://c:4318/v1/traces http/protobuf"
    )]
    [InlineData(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://t/in OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf",
        null,
        "https://t/in http/protobuf"
    )]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://c OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://m/x OTEL_TRACES_EXPORTER=none",
        "http://m/x grpc",
        null
    )]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c OTEL_SDK_DISABLED=true", null, null)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=", null, null)]
    public void The_standard_variables_say_where_each_signal_goes(string variables, string? metrics, string? traces)
    {
        var options = Options(variables);
        Assert.Equal((metrics, traces), (Show(OtlpTarget.Metrics, options), Show(OtlpTarget.Traces, options)));
    }

    [Fact]
    public void The_settings_come_before_the_variables()
    {
        var options = Options(
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://c OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://m OTEL_EXPORTER_OTLP_PROTOCOL=grpc"
        );
        (options.Metrics.Otlp, options.Metrics.OtlpProtocol) = ("http://mine:4318", "http/protobuf");
        Assert.Equal("http://mine:4318/v1/metrics http/protobuf", Show(OtlpTarget.Metrics, options));
    }

    [Fact]
    public void Headers_and_patience_are_a_signal_s_own_or_that_of_all()
    {
        var options = Options(
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://c OTEL_EXPORTER_OTLP_HEADERS=key=all OTEL_EXPORTER_OTLP_TRACES_HEADERS=key=traces OTEL_EXPORTER_OTLP_TIMEOUT=2500"
        );
        Assert.Equal(("key=all", 2.5), Of(OtlpTarget.Metrics));
        Assert.Equal(("key=traces", 2.5), Of(OtlpTarget.Traces));

        (string, double) Of(string signal)
        {
            var target = OtlpTarget.For(signal, options)!;
            return (target.Headers, target.Timeout.TotalSeconds);
        }
    }

    [Theory]
    [InlineData("", "collector:4317", "", "Metrics.Otlp is \"collector:4317\": it must be a collector's http or https address")]
    [InlineData("", "", "kafka", "Metrics.OtlpProtocol is \"kafka\": it must be grpc, http/protobuf or empty.")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317",
        "",
        "",
        "OTEL_EXPORTER_OTLP_ENDPOINT is \"collector:4317\": it must be"
    )]
    [InlineData(
        "OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
        "",
        "",
        "OTEL_EXPORTER_OTLP_PROTOCOL is \"http/json\": it must be grpc or"
    )]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS=a-secret-token", "", "", "OTEL_EXPORTER_OTLP_HEADERS must be name=value")]
    public void What_cannot_work_is_said_with_what_would(string variables, string otlp, string protocol, string error)
    {
        var options = Options(variables);
        (options.Metrics.Otlp, options.Metrics.OtlpProtocol) = (otlp, protocol);
        var problems = new Problems();
        MetricsRules.Check(options, problems);
        var said = Assert.Single(problems.Errors);
        Assert.StartsWith(error, said, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
    }

    private static string? Show(string signal, SpillwayOptions options) =>
        OtlpTarget.For(signal, options) is { } target ? $"{target.Endpoint} {target.Protocol}" : null;

    private static SpillwayOptions Options(string variables) =>
        new()
        {
            OtelVariables = variables
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(static pair => pair.Split('=', 2))
                .ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal),
        };
}
