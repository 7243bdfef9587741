using Spillway.Configuration;

namespace Spillway.Dashboard;

internal sealed class DashboardOptions
{
    /// <summary>How long a show lasts: what the origin will have been asked by its end is projected to it.</summary>
    [Bounds(60, 86_400)]
    public TimeSpan Show { get; set; } = TimeSpan.FromMinutes(40);
}
