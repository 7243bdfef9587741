using Spillway.Storage;

namespace Spillway.Events;

internal static class EventServices
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new EventLog(() => provider.GetRequiredService<IObjectStore>().Now));
        return services.AddHostedService<EventWatch>();
    }
}
