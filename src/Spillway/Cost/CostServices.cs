using System.Globalization;
using Spillway.Configuration;
using Spillway.Streams;

namespace Spillway.Cost;

/// <summary>Prices and the reading of what the store really did.</summary>
internal static class CostServices
{
    /// <summary>Adds the <see cref="PriceList"/> and, where a token is set, <see cref="CloudflareUsage"/>.</summary>
    public static void AddCost(this IServiceCollection services, SpillwayOptions options)
    {
        services.AddSingleton(options.Cost.List);
        if (CloudflareBucket.Of(options.Cost, options.Storage) is not { } bucket)
            return;
        services.AddSingleton(provider => new CloudflareUsage(
            bucket,
            options.Cost.CloudflareToken,
            CloudflareUsage.Address,
            () => OnAirSince(provider.GetRequiredService<LiveStreams>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CloudflareUsage>>()
        ));
        services.AddHostedService(static provider => provider.GetRequiredService<CloudflareUsage>());
    }

    private static DateTimeOffset? OnAirSince(LiveStreams streams) =>
        streams.All.Select(static stream => stream.OnAir is { } broadcast ? Begin(broadcast.Id) : null).Min();

    /// <summary>A broadcast's id begins with its first moment: <c>20261122T190501Z-7f3a</c>.</summary>
    public static DateTimeOffset? Begin(string broadcast) =>
        DateTimeOffset.TryParseExact(
            broadcast.Split('-')[0],
            "yyyyMMdd'T'HHmmss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var begin
        )
            ? begin
            : null;
}
