using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>
/// Several instances on one store, whose sources show the same show. At the end no version of any mutable object may follow one of a
/// higher epoch, beside what <see cref="OnAirTest"/> asks for.
/// </summary>
public abstract class InstancesTest : OnAirTest
{
    private readonly List<Instance> _instances = [];
    private int _next;

    private protected Instance Begin(double clockIsWrongBySeconds = 0, string? id = null)
    {
        var instance = new Instance(Store, Options, TimeSpan.FromSeconds(clockIsWrongBySeconds), id);
        _instances.Add(instance);
        return instance.Start();
    }

    private protected Task UntilWritesAsync(Instance instance) =>
        Until.TrueAsync(() => instance.Writes, () => $"it writes: {instance.Stream.Writer} {instance.Stream.Status}");

    private protected Task UntilStandsByAsync(Instance instance) =>
        Until.TrueAsync(
            () => instance.Stream is { StandsBy: true, Writer: { Writer: { } writer } lease } && writer != lease.Instance,
            () => $"it stands by: {instance.Stream.Writer} {instance.Stream.Status}"
        );

    /// <summary>The next segments of the show to every source, at the pace of the media.</summary>
    private protected async Task PlayAllAsync(Show show, int count, bool atOnce = false)
    {
        for (var i = 0; i < count; i++)
        {
            if (!atOnce)
                await Clock.Wait(1);
            await SendAllAsync(show.Segment(_next % show.Bytes.Count, run: _next / show.Bytes.Count));
            _next++;
        }
    }

    private protected async Task SendAllAsync(SourceEvent next)
    {
        foreach (var instance in _instances.Where(static instance => !instance.Running.IsCompleted))
            await instance.SendAsync(next);
    }

    /// <summary>Plays on until the store's playlist on air is of this instance and lists something that it has listed itself.</summary>
    private protected Task<TimeSpan> UntilListsAsync(Instance instance, Show show) => UntilListsAsync(instance, instance, show);

    /// <inheritdoc cref="UntilListsAsync(Instance, Show)"/>
    private protected async Task<TimeSpan> UntilListsAsync(Instance instance, Instance other, Show show)
    {
        var before = Store.Line.Puts.Count;
        var began = Clock.Elapsed;
        for (var i = 0; i < 60; i++)
        {
            await PlayAllAsync(show, 1);
            if ((FirstListed(instance, before) ?? FirstListed(other, before)) is { } listed)
                return listed - began;
        }
        Assert.Fail($"nothing new was listed within a minute: {instance.Stream.Writer} {instance.Stream.Status}");
        return default;
    }

    /// <summary>One on air, and one that waits.</summary>
    private protected async Task<(Instance Writer, Instance Standby, Show Show)> OnAirAsync(double first = 0, double second = 0)
    {
        var writer = Begin(first);
        await UntilWritesAsync(writer);
        var standby = Begin(second);
        await UntilStandsByAsync(standby);
        return (writer, standby, await PlayOnAirAsync(writer));
    }

    private protected async Task<Show> PlayOnAirAsync(Instance writer)
    {
        var show = await Show.GetAsync(Show.Plain);
        await UntilWritesAsync(writer);
        await PlayAllAsync(show, 3, atOnce: true);
        await Until.TrueAsync(
            () => writer.Stream.OnAir is not null && writer.Stream.Status.State == "live",
            () => $"it is on air: {writer.Stream.Status}"
        );
        return show;
    }

    /// <summary>When the first segment after so many PUTs was listed under the instance's epoch.</summary>
    private TimeSpan? FirstListed(Instance instance, int before)
    {
        if (!instance.Writes)
            return null;
        var puts = Store.Line.Puts;
        var last = puts.Take(before).Select(LastNumber).Max() ?? 0;
        return puts.Skip(before)
            .FirstOrDefault(put =>
                put.Outcome == PutStatus.Stored
                && LastNumber(put) > last
                && StampReader.Read(put.Body)?.Epoch == instance.Stream.Writer!.Epoch
            )
            ?.AnsweredAt;
    }

    private static long? LastNumber(SeenPut put) =>
        put.Key.EndsWith("/playlist.m3u8", StringComparison.Ordinal)
        && PlaylistParser.Parse(put.Body).Media is { } media
        && media.Segments.Any(static segment => !segment.Gap)
            ? media.MediaSequence + media.Segments.Count - 1
            : null;

    private protected override async Task EndAsync()
    {
        try
        {
            AssertNothingOverwritten();
        }
        finally
        {
            foreach (var instance in _instances)
                await instance.DisposeAsync();
        }
    }

    private void AssertNothingOverwritten()
    {
        foreach (var versions in Store.Line.Stored.GroupBy(static put => put.Key))
        {
            Stamp? last = null;
            foreach (var put in versions)
            {
                if (StampReader.Read(put.Body) is not { } stamp)
                    continue;
                Assert.True(
                    last is not { } before
                        || stamp.Epoch > before.Epoch
                        || (stamp.Epoch == before.Epoch && stamp.Revision > before.Revision),
                    $"{put.Key}: {stamp} was put over {last}"
                );
                last = stamp;
            }
        }
    }
}
