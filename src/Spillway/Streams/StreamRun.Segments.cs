using System.Runtime.ExceptionServices;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <content>Segments: numbered, stored, answered.</content>
internal sealed partial class StreamRun
{
    /// <summary>Numbers a segment and sends it off.</summary>
    private void Take(Broadcast on, SegmentArrived segment, DateTimeOffset? wallTime = null)
    {
        if (on.Find(segment.Rendition) is not { } rendition)
            return;
        if (on.Ending)
        {
            _start.Add(segment, Now);
            return;
        }
        var duration = RenditionFormat.DurationOf(segment);
        if (!on.Timeline.Fits(duration) || !rendition.Format.Carries(segment, rendition.Declared))
        {
            NoteSwarmSplit(Difference(rendition, segment, duration, on.Timeline.TargetDuration));
            StreamLog.CannotCarry(Logger, Name, on.Id, segment.Rendition, duration.TotalSeconds, on.Timeline.TargetDuration);
            EndBroadcast();
            _start.Add(segment, Now);
            return;
        }
        if (segment.Media.Problem is { } problem)
            StreamLog.Unreadable(Logger, Name, segment.Rendition, segment.Sequence, problem);
        var hash = StreamKeys.Hash(segment.Data.Span);
        var section = segment.InitializationSection is { } init ? $"init-{StreamKeys.Hash(init.Span)}.mp4" : null;
        var entry = on.Timeline.Add(
            new MediaPiece
            {
                Rendition = segment.Rendition,
                Run = segment.Run,
                Discontinuity = segment.Discontinuity,
                Duration = duration,
                Timestamp = segment.Media.FirstTimestamp,
                Modulus = segment.Media.TimestampModulus,
                InitializationSection = section,
            },
            number => $"{number}-{hash}{(section is null ? ".ts" : ".m4s")}",
            Now,
            wallTime ?? _parts.Store.Now
        );
        if (entry is null)
        {
            _gaps++;
            StreamLog.TooLate(Logger, Name, segment.Rendition, segment.Sequence);
            return;
        }
        NoteBitRate(on, rendition, entry, segment.Data.Length);
        _parts.Notes.Arrived(on.Id, segment.Rendition, entry, segment.Data.Length);
        _inFlight++;
        Store(on, rendition, entry, segment);
    }

    /// <summary>Hands it to the uploader, which alone keeps the bytes from here on: they may have to go to disk.</summary>
    private void Store(Broadcast on, BroadcastRendition rendition, TimelineEntry entry, SegmentArrived segment)
    {
        var section = segment.InitializationSection is { } init
            ? StoreSectionAsync(rendition, entry.InitializationSection!, init, entry.Duration)
            : null;
        var upload = _parts.Uploader.UploadAsync(
            new Upload(
                $"{rendition.Folder}/{entry.Uri}",
                segment.Data,
                section is null ? StreamKeys.SegmentHeaders : StreamKeys.FragmentHeaders,
                entry.Duration,
                UploadKind.Segment,
                rendition.Traces.Begin(Name, rendition.Declared.Name, entry.Number, entry.Duration, segment.Data.Length)
            ),
            _abort
        );
        _ = AnswerAsync(on, rendition, entry, segment.Data.Length, section, upload);
    }

    private Task<bool> StoreSectionAsync(
        BroadcastRendition rendition,
        string name,
        ReadOnlyMemory<byte> section,
        TimeSpan duration
    )
    {
        return rendition.StoreSectionAsync(name, UploadAsync);

        async Task<bool> UploadAsync()
        {
            var upload = new Upload(
                $"{rendition.Folder}/{name}",
                section,
                StreamKeys.InitializationSectionHeaders,
                duration,
                UploadKind.Section
            );
            return (await _parts.Uploader.UploadAsync(upload, _abort)).Stored;
        }
    }

    private async Task AnswerAsync(
        Broadcast on,
        BroadcastRendition rendition,
        TimelineEntry entry,
        int bytes,
        Task<bool>? section,
        Task<UploadResult> upload
    )
    {
        try
        {
            var result = await upload;
            if (section is not null && !(section.IsCompletedSuccessfully && section.Result))
                result = result with { Stored = await section && result.Stored, AnsweredAt = _parts.Time.GetTimestamp() };
            _answers.Writer.TryWrite(() => NoteAnswer(on, rendition, entry, bytes, result));
        }
        catch (OperationCanceledException)
        {
            // It is stopped, at once.
        }
        catch (Exception exception)
        {
            // A bug, and nobody awaits this task: the loop is to fail with it, for its supervisor to see.
            var failure = ExceptionDispatchInfo.Capture(exception);
            _answers.Writer.TryWrite(failure.Throw);
        }
    }

    private void NoteAnswer(Broadcast on, BroadcastRendition rendition, TimelineEntry entry, int bytes, UploadResult result)
    {
        RepairBucket();
        if (
            result.Stored
            && entry.InitializationSection is { } name
            && rendition.FindSection(name) is { IsCompleted: false } again
        )
        {
            // Its section was stored in a bucket that is gone, and is being stored once more.
            _ = AnswerAsync(on, rendition, entry, bytes, again, Task.FromResult(result));
            return;
        }
        _inFlight--;
        _parts.Notes.Answered(on.Id, rendition.Declared.Name, entry.Number, result.Stored, result.Elapsed, result.Tries);
        if (!result.Stored)
        {
            _gaps++;
            entry.BecomeGap();
            rendition.Traces.NoteGap(entry.Number);
            return;
        }
        rendition.Traces.NoteStored(entry.Number);
        var end = on.Timeline.ListableEnd(rendition.Declared.Name);
        entry.State = EntryState.Stored;
        rendition.Stored++;
        rendition.Bytes += bytes;
        if (on.Timeline.ListableEnd(rendition.Declared.Name) > end)
            rendition.NoteNews(_parts.Publishing.Begin(result.AnsweredAt));
        StreamLog.Stored(
            Logger,
            Name,
            rendition.Declared.Name,
            entry.Number,
            entry.Duration.TotalSeconds,
            bytes,
            (long)result.Elapsed.TotalMilliseconds,
            _parts.Player.EdgeUrl($"{rendition.Folder}/{entry.Uri}"),
            rendition.Listed?.Segments.Count ?? 0
        );
    }
}
