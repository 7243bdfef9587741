namespace Spillway.Dashboard;

/// <summary>Everything behind the dashboard.</summary>
internal static class DashboardServices
{
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddSingleton<OriginWatch>();
        services.AddHostedService(static provider => provider.GetRequiredService<OriginWatch>());
        services.AddSingleton<OriginBudgets>();
        services.AddSingleton<StreamPictures>();
        services.AddSingleton<StatusMaker>();
        services.AddSingleton<StatusFeed>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<DashboardEndpoints>();
        services.AddSingleton<SwitchEndpoints>();
        services.AddSingleton<DashboardPages>();
        return services;
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.Services.GetRequiredService<DashboardPages>().Map(app);
        app.Services.GetRequiredService<DashboardEndpoints>().Map(app);
        app.Services.GetRequiredService<SwitchEndpoints>().Map(app);
    }
}
