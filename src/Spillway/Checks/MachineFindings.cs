namespace Spillway.Checks;

internal static class MachineFindings
{
    public static readonly FindingKind Running = FindingKind.Ok(
        "machine.running",
        "Whether a Spillway runs here already, and how it is."
    );

    public static readonly FindingKind RunningTrouble = FindingKind.Warning(
        "machine.running-trouble",
        "The Spillway that runs here says so itself, in /health.",
        "Do as it says; its log says since when."
    );

    public static readonly FindingKind OtherStreams = FindingKind.Warning(
        "machine.other-streams",
        "A Spillway with other settings has the port: these settings are not in force.",
        "Restart it with these settings, or choose another port with --port."
    );

    public static readonly FindingKind Ports = FindingKind.Ok("machine.ports", "Each port is free, or the running Spillway's.");

    public static readonly FindingKind PortTaken = FindingKind.Error(
        "machine.port-taken",
        "Another program has the port: Spillway does not start.",
        "End that program, or choose another port."
    );

    public static readonly FindingKind Disk = FindingKind.Ok("machine.disk", "The data folder can be written and has room.");

    public static readonly FindingKind DiskSmall = FindingKind.Warning(
        "machine.disk-small",
        "Segments that wait while the store is away can fill the disk before Storage.Spool does; what does not fit becomes a gap.",
        "Make room, put Data on another disk, or lower Storage.Spool."
    );

    public static readonly FindingKind NotWritable = FindingKind.Error(
        "machine.data-not-writable",
        "Spillway keeps its token, its keys and what waits for the store there, and cannot.",
        "Let the user that runs Spillway write to it, or choose another folder with --data."
    );

    public static readonly FindingKind Clock = FindingKind.Ok("machine.clock", "This machine's clock against the store's.");

    public static readonly FindingKind ClockDrift = FindingKind.Note(
        "machine.clock-drift",
        "It does no harm: dates in playlists are the store's. Logs show the wrong time.",
        "Let the clock be set by NTP: timedatectl set-ntp true."
    );

    public static readonly FindingKind ClockOff = FindingKind.Warning(
        "machine.clock-off",
        "Nobody sets this clock. S3 stores refuse requests that are dated more than 15 minutes off.",
        "Let the clock be set by NTP: timedatectl set-ntp true."
    );

    public static readonly FindingKind ClockRefused = FindingKind.Error(
        "machine.clock-refused",
        "S3 stores refuse requests that are dated more than 15 minutes off: nothing can be stored.",
        "Set the clock, and let NTP keep it: timedatectl set-ntp true."
    );

    public static readonly FindingKind Ffmpeg = FindingKind.Ok(
        "machine.ffmpeg",
        "The ffmpeg that slate and ladder need, and its encoders."
    );

    public static readonly FindingKind NoLadder = FindingKind.Error(
        "machine.no-ladder",
        "The ladder's renditions cannot be made; what comes in goes on as it is.",
        "Install ffmpeg with libx264 and aac (apt-get install ffmpeg), or leave Ladder out."
    );

    public static readonly FindingKind NoSlate = FindingKind.Warning(
        "machine.no-slate",
        "The slate cannot be made: pauses of the source are gaps, and players stand still.",
        "Install ffmpeg with libx264 and aac (apt-get install ffmpeg), or set Slate to none."
    );

    public static readonly FindingKind Unfinished = FindingKind.Warning(
        "machine.unfinished",
        "A part of the check took too long and was ended: what comes after what is shown of it was not tried.",
        "Mend what else was found, and try again."
    );

    public static IReadOnlyList<FindingKind> All { get; } =
    [
        Running,
        RunningTrouble,
        OtherStreams,
        Ports,
        PortTaken,
        Disk,
        DiskSmall,
        NotWritable,
        Clock,
        ClockDrift,
        ClockOff,
        ClockRefused,
        Ffmpeg,
        NoLadder,
        NoSlate,
        Unfinished,
    ];
}
