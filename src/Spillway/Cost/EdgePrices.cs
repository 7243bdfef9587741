namespace Spillway.Cost;

/// <summary>What an edge, the public host before a store, asks for.</summary>
internal sealed record EdgePrices
{
    public required string Name { get; init; }

    /// <inheritdoc cref="StorePrices.Source"/>
    public required string Source { get; init; }

    /// <inheritdoc cref="StorePrices.AsOf"/>
    public string AsOf { get; set; } = "";

    /// <inheritdoc cref="StorePrices.Note"/>
    public string Note { get; set; } = "";

    /// <summary>For 10^9 bytes to viewers.</summary>
    public double Gigabyte { get; init; }

    /// <summary>For a million.</summary>
    public double Requests { get; init; }

    /// <summary>A month.</summary>
    public double FreeGigabytes { get; init; }

    /// <summary>A month.</summary>
    public double FreeRequests { get; init; }

    /// <summary>Requests that a bill rounds up to; 0: none.</summary>
    public double BilledRequests { get; init; }

    /// <summary>Of a month's bill.</summary>
    public double Minimum { get; init; }

    public Money BytesBill(double bytes) => Money.Of(bytes / 1e9, Gigabyte, FreeGigabytes);

    public Money RequestsBill(double requests) => Money.Of(requests / 1e6, Requests, FreeRequests / 1e6, BilledRequests / 1e6);

    /// <summary>What the bill must be raised by to reach the minimum.</summary>
    public Money UpToMinimum(Money bill) => new(0, Math.Max(0, Minimum - bill.Billed));
}

/// <summary>What a server's bytes to the Internet cost.</summary>
internal sealed record ServerPrices
{
    public required string Name { get; init; }

    /// <inheritdoc cref="StorePrices.Source"/>
    public required string Source { get; init; }

    /// <inheritdoc cref="StorePrices.AsOf"/>
    public string AsOf { get; set; } = "";

    /// <summary>For 10^9 bytes.</summary>
    public double Gigabyte { get; init; }

    /// <summary>A month.</summary>
    public double FreeGigabytes { get; init; }

    /// <param name="bytes">Sent.</param>
    /// <param name="before">Others that the free ones are for first.</param>
    public Money Bill(double bytes, double before = 0) =>
        Money.Of(bytes / 1e9, Gigabyte, Math.Max(0, FreeGigabytes - (before / 1e9)));
}

/// <summary>A store and the edge before it, as the list names them.</summary>
internal sealed record ProviderPair
{
    public required string Store { get; init; }
    public required string Edge { get; init; }
}
