using System.Threading.Channels;
using Spillway.Sources;

namespace Spillway.Tests.Sources.Ladder;

/// <summary>A source that tells what a test says.</summary>
internal sealed class ScriptedSource : ISource
{
    private readonly Channel<SourceEvent> _script = Channel.CreateUnbounded<SourceEvent>();

    public void Tell(params SourceEvent[] events)
    {
        foreach (var next in events)
            _script.Writer.TryWrite(next);
    }

    public async Task RunAsync(ChannelWriter<SourceEvent> events, CancellationToken ct)
    {
        await foreach (var next in _script.Reader.ReadAllAsync(ct))
            await events.WriteAsync(next, ct);
    }
}
