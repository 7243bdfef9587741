namespace Spillway.Tests.Timeline;

/// <summary>What can go wrong in a <see cref="SimulatedEvent"/>; chances are per two seconds of media.</summary>
internal sealed record Faults
{
    public int Renditions { get; init; } = 2;
    public bool TsWraps { get; init; }

    /// <summary>Each rendition cuts its segments where it likes, and not at a pause.</summary>
    public bool OwnBoundaries { get; init; }

    public double RestartChance { get; init; }

    /// <summary>At a restart one rendition has a segment more of the old run.</summary>
    public double LateRestartChance { get; init; }

    /// <summary>One rendition starts again and the others do not; once in an event.</summary>
    public double LoneRestartChance { get; init; }

    /// <summary>A discontinuity that the source marks, with time stamps that go on.</summary>
    public double MarkChance { get; init; }

    public double PauseChance { get; init; }

    /// <summary>For minutes.</summary>
    public double LongPauseChance { get; init; }

    public double LossChance { get; init; }
    public double FailedUploadChance { get; init; }

    /// <summary>One rendition brings nothing for seconds, sometimes for a minute, and then all at once.</summary>
    public double LoneStallChance { get; init; }

    /// <summary>One rendition brings nothing for a time, and what it had to bring never comes.</summary>
    public double DeathChance { get; init; }

    /// <summary>The last rendition begins later than the others.</summary>
    public bool LateStart { get; init; }

    /// <summary>While the whole source pauses there is a slate; and now and then it is shown by hand.</summary>
    public bool Slate { get; init; }
    public double HandChance { get; init; }

    /// <summary>The writer dies, and another goes on some seconds later with what is published and what the source still shows.</summary>
    public double CrashChance { get; init; }

    /// <summary>Also where the source starts again while a writer does, renditions count its runs alike.</summary>
    public bool RunsAlike { get; init; }

    /// <summary>Nothing of a single rendition is late: all that is delivered must be listed.</summary>
    public bool LosesNothing => LoneStallChance == 0 && DeathChance == 0 && HandChance == 0 && CrashChance == 0 && !OwnBoundaries;
}
