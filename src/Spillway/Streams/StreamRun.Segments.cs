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
        _inFlight++;
        _ = StoreAsync(on, rendition, entry, segment);
    }

    private async Task StoreAsync(Broadcast on, BroadcastRendition rendition, TimelineEntry entry, SegmentArrived segment)
    {
        // After its window a segment that is not stored would be listed only to be removed.
        var matters = TimeSpan.FromSeconds(Math.Max(24, 3 * on.Timeline.TargetDuration));
        var result = default(UploadResult);
        try
        {
            if (segment.InitializationSection is not { } init || await StoreSectionAsync())
            {
                result = await _parts.Uploader.UploadAsync(
                    $"{rendition.Folder}/{entry.Uri}",
                    segment.Data,
                    segment.InitializationSection is null ? StreamKeys.SegmentHeaders : StreamKeys.FragmentHeaders,
                    entry.Duration,
                    matters,
                    _abort
                );
            }

            Task<bool> StoreSectionAsync()
            {
                var name = entry.InitializationSection!;
                return rendition.StoreSectionAsync(
                    name,
                    async () =>
                        (
                            await _parts.Uploader.UploadAsync(
                                $"{rendition.Folder}/{name}",
                                init,
                                StreamKeys.InitializationSectionHeaders,
                                entry.Duration,
                                matters,
                                _abort
                            )
                        ).Stored
                );
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception)
        {
            // A bug, and nobody awaits this task: the loop is to fail with it, for its supervisor to see.
            var failure = ExceptionDispatchInfo.Capture(exception);
            _answers.Writer.TryWrite(failure.Throw);
            return;
        }
        _answers.Writer.TryWrite(() => NoteAnswer(on, rendition, entry, segment.Data.Length, result));
    }

    private void NoteAnswer(Broadcast on, BroadcastRendition rendition, TimelineEntry entry, int bytes, UploadResult result)
    {
        _inFlight--;
        if (!result.Stored)
        {
            _gaps++;
            entry.BecomeGap();
            return;
        }
        entry.State = EntryState.Stored;
        rendition.Stored++;
        rendition.Bytes += bytes;
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
