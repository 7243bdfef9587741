using Spillway.Events;
using Spillway.Hooks;

namespace Spillway.Configuration;

/// <summary>What must hold for web hooks. Neither address nor secret is shown: some addresses are secrets, too.</summary>
internal static class HookRules
{
    public static void Check(SpillwayOptions options, Problems problems)
    {
        foreach (var (name, hook) in options.Hooks)
        {
            var path = $"Hooks.{name}";
            if (!StreamName.IsWellFormed(name))
                problems.Add(path, $"{Problems.Label(path, null)} is no name for a hook: it must be {StreamName.Expected}.");
            hook.Url = hook.Url.Trim();
            CheckUrl($"{path}.Url", hook.Url, problems);
            CheckSecret($"{path}.Secret", hook, problems);
            CheckEvents($"{path}.Events", hook.Events, problems);
        }
    }

    private static void CheckUrl(string path, string url, Problems problems)
    {
        if (url.Length == 0 || problems.AnyWrong(path))
            return;
        if (!WebAddress.TryParseWithQuery(url, out var address) || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
            problems.Wrong(path, null, "an http or https address without a user and a fragment, or empty: the hook is off");
    }

    private static void CheckSecret(string path, HookOptions hook, Problems problems)
    {
        if (problems.AnyWrong(path) || (hook.Url.Length == 0 && hook.Secret.Length == 0))
            return;
        hook.Secret = hook.Secret.Trim();
        if (HookSecret.Read(hook.Secret) is null)
            problems.Wrong(
                path,
                null,
                $"{HookSecret.Prefix} and the Base64 of 24 to 64 bytes; \"openssl rand -base64 32\" makes what follows {HookSecret.Prefix}"
            );
    }

    private static void CheckEvents(string path, string[] events, Problems problems)
    {
        if (problems.AnyWrong(path))
            return;
        if (events.Length == 0)
            problems.Wrong(path, "", "a list of at least one of " + string.Join(", ", EventKinds.All));
        foreach (var kind in events)
            if (!EventKinds.All.Contains(kind, StringComparer.Ordinal))
                problems.Wrong(path, kind, "one of " + string.Join(", ", EventKinds.All));
    }
}
