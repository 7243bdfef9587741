using Spillway.Configuration;
using Spillway.Events;
using Spillway.Storage;

namespace Spillway.Hooks;

internal static class HookServices
{
    public static IServiceCollection AddHooks(this IServiceCollection services)
    {
        services.AddSingleton(static provider =>
        {
            var store = provider.GetRequiredService<IObjectStore>();
            return new HookSender(
                provider.GetRequiredService<SpillwayOptions>().Hooks,
                provider.GetRequiredService<EventLog>(),
                provider.GetRequiredService<InstanceId>().Value,
                () => store.Now,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HookSender>>(),
                provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
            );
        });
        return services.AddHostedService(static provider => provider.GetRequiredService<HookSender>());
    }
}
