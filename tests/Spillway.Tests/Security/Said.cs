using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Spillway.Tests.Security;

/// <summary>Everything that anybody could read.</summary>
internal sealed class Said : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(string Where, string Text)> All { get; } = new();

    public void Say(string where, string text) => All.Enqueue((where, text));

    public void AssertWithout(IEnumerable<string> secrets)
    {
        string[] forms =
        [
            .. secrets.SelectMany(static secret =>
                (string[])
                    [
                        secret,
                        Uri.EscapeDataString(secret),
                        Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
                        Convert.ToBase64String(Encoding.UTF8.GetBytes("operator:" + secret)),
                    ]
            ),
        ];
        foreach (var (where, text) in All)
        foreach (var form in forms)
            Assert.False(text.Contains(form, StringComparison.OrdinalIgnoreCase), $"{where} says {form}: {text}");
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Say("log", $"{formatter(state, exception)} {exception}");

    void IDisposable.Dispose() { }
}
