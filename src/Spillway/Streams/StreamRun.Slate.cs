using Spillway.Media;
using Spillway.Slate;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <content>The slate: prepared beside the show, on air while the source is away or the operator wants it.</content>
internal sealed partial class StreamRun
{
    /// <summary>Between two tries to store a slate.</summary>
    private static readonly TimeSpan SlateRetry = TimeSpan.FromSeconds(15);

    private const string CannotBeListed =
        "The slate does not fit what this broadcast lists: pauses are shown as gaps. The next broadcast gets one of its own.";

    private string? _slateProblem;

    /// <summary>The operator wants it: what the source brings is dropped.</summary>
    private bool _slateByHand;

    /// <summary>From any thread; the answer comes from the loop that owns the stream.</summary>
    public Task<SlateAnswer> SetSlateAsync(bool on)
    {
        var done = new TaskCompletionSource<SlateAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers.Writer.TryWrite(() => done.TrySetResult(SetSlate(on)));
        return done.Task;
    }

    private SlateAnswer SetSlate(bool on)
    {
        if (_broadcast is not { } broadcast || OnAir != broadcast)
            return new SlateAnswer(Status, _slateByHand, NothingOnAir);
        if (on && !broadcast.HasSlate)
            return new SlateAnswer(Status, _slateByHand, WhyNoSlate());
        if (on && !_slateByHand && !broadcast.Timeline.BeginSlate(Now))
            return new SlateAnswer(Status, _slateByHand, CannotBeListed);
        if (on != _slateByHand)
        {
            _slateByHand = on;
            StreamLog.SlateByHand(Logger, Name, on ? "begins" : "ends with the show's next segment");
            if (!on)
                EndIfRenditionsChanged();
            // Whoever comes after this writer reads it there.
            if (_broadcast is not null)
                PublishPlayer(_broadcast.Timeline.OnSlate ? "slate" : "live");
        }
        return new SlateAnswer(Status, _slateByHand, null);
    }

    private string NothingOnAir => $"Nothing is on air on {Name}.";

    /// <summary>Why the slate cannot be put on air now; null: it can, or it is.</summary>
    private string? SlateRefusal =>
        _broadcast is not { } broadcast || OnAir != broadcast ? NothingOnAir
        : broadcast.HasSlate ? null
        : WhyNoSlate();

    private string WhyNoSlate() =>
        _slateProblem is { } problem ? problem
        : _parts.Options.Slate == StreamOptions.NoSlate || _parts.Slates is null
            ? $"{Name} has no slate: its setting Slate is \"{StreamOptions.NoSlate}\"."
        : "The slate is still being made: try again in some seconds.";

    /// <summary>What a slate for this broadcast must be like; null when there is to be none, or can be none.</summary>
    /// <param name="renditions">All of the broadcast.</param>
    /// <param name="media">A segment of each.</param>
    /// <param name="segment">Their duration.</param>
    /// <param name="targetDuration">Seconds.</param>
    private SlateRequest? DescribeSlate(
        IEnumerable<BroadcastRendition> renditions,
        Func<string, MediaReport> media,
        TimeSpan segment,
        int targetDuration
    )
    {
        _slateProblem = null;
        if (!WantsSlate)
            return null;
        var formats = new List<SlateFormat>();
        foreach (var rendition in renditions)
        {
            var name = rendition.Declared.Name;
            var (format, problem) = SlateFormat.Of(name, media(name), rendition.Format.AverageBandwidth);
            if (format is null)
            {
                NoteSlateProblem(SlateProblems.OfFormat(name, problem!));
                return null;
            }
            formats.Add(format);
        }
        var title = _parts.Options.Title;
        return new SlateRequest(Name, _parts.Options.Slate, title, formats, segment, targetDuration);
    }

    /// <summary>Once the broadcast is on air, so that it need not wait for ffmpeg.</summary>
    private async Task PrepareSlateAsync(Broadcast on, SlateRequest request)
    {
        while (true)
        {
            SlateResult result;
            try
            {
                result = await _parts.Slates!.PrepareAsync(request, _parts.Store, _parts.Uploader, _abort);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A defect, but the show can do without a slate.
                StreamLog.SlateFailed(Logger, Name, exception);
                result = new SlateResult(null, SlateProblems.Defect);
            }
            _answers.Writer.TryWrite(() => TakeSlate(on, result));
            if (!result.MayPass || on.Ending)
                return;
            await Task.Delay(SlateRetry, _parts.Time, _abort);
        }
    }

    private void TakeSlate(Broadcast on, SlateResult result)
    {
        if (on != _broadcast)
            return;
        NoteSlateProblem(result.Problem);
        if (result.Segments is not { } segments)
            return;
        on.HasSlate = on.Timeline.SetSlate(segments);
        if (on.HasSlate)
            StreamLog.SlateReady(Logger, Name);
        else
            NoteSlateProblem(CannotBeListed);
    }

    private void NoteSlateProblem(string? problem)
    {
        if (problem is not null && problem != _slateProblem)
            StreamLog.NoSlate(Logger, Name, problem);
        _slateProblem = problem;
    }

    /// <summary>Players are told when it changes, and only then.</summary>
    private void TellOfSlate()
    {
        if (_broadcast is not { } broadcast || OnAir != broadcast)
            return;
        var state = broadcast.Timeline.OnSlate ? "slate" : "live";
        if (state != Status.State)
            PublishPlayer(state);
    }
}

/// <param name="Status">The stream as it is now.</param>
/// <param name="ByHand">The operator's slate is on.</param>
/// <param name="Refusal">Why nothing was done, in words; null when it was.</param>
internal sealed record SlateAnswer(LiveStreamStatus Status, bool ByHand, string? Refusal);
