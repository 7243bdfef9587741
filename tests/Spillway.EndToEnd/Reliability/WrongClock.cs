using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Reliability;

/// <summary>
/// A machine whose clock is wrong: a library, loaded before libc, that adds so many seconds to the time of day. Clocks that only
/// measure how long something takes stay as they are.
/// </summary>
internal static class WrongClock
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdlib.h>
        #include <sys/time.h>
        #include <time.h>

        static long wrong(void) {
          const char *text = getenv("SPILLWAY_TEST_CLOCK");
          return text ? atol(text) : 0;
        }
        int clock_gettime(clockid_t clock, struct timespec *time) {
          static int (*real)(clockid_t, struct timespec *);
          if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
          int result = real(clock, time);
          if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += wrong();
          return result;
        }
        int gettimeofday(struct timeval *time, void *zone) {
          struct timespec now;
          int result = clock_gettime(CLOCK_REALTIME, &now);
          if (time) { time->tv_sec = now.tv_sec; time->tv_usec = now.tv_nsec / 1000; }
          return result;
        }
        time_t time(time_t *seconds) {
          struct timespec now;
          clock_gettime(CLOCK_REALTIME, &now);
          if (seconds) *seconds = now.tv_sec;
          return now.tv_sec;
        }
        """;

    /// <summary>Environment of a process whose clock is off by so much.</summary>
    /// <param name="folder">Takes the library.</param>
    /// <param name="off">Whole seconds; negative for a clock that is slow.</param>
    public static async Task<IReadOnlyDictionary<string, string>> MakeAsync(string folder, TimeSpan off)
    {
        var (source, library) = (Path.Combine(folder, "wrong-clock.c"), Path.Combine(folder, "wrong-clock.so"));
        if (!File.Exists(library))
        {
            await File.WriteAllTextAsync(source, Source);
            await using var clang = ChildProcess.Start(
                "clang",
                ["-O2", "-shared", "-fPIC", source, "-o", library, "-ldl"],
                folder
            );
            if (await clang.ExitAsync(TimeSpan.FromSeconds(60)) != 0)
                throw new InvalidOperationException($"clang: {clang.Output}");
        }
        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["SPILLWAY_TEST_CLOCK"] = ((long)off.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>How wrong a server's clock is, by the date in its answers.</summary>
    public static async Task<TimeSpan> SeenAsync(Instance instance)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.GetAsync(instance.Origin + "health/live");
        return answer.Headers.Date!.Value - DateTimeOffset.UtcNow;
    }
}
