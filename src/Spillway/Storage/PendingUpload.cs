using System.Diagnostics;

namespace Spillway.Storage;

/// <summary>In the order in which they go.</summary>
internal enum UploadKind
{
    /// <summary>An initialization section: small, and nothing plays without it. It always has room.</summary>
    Section,

    /// <summary>The show's own media.</summary>
    Segment,

    /// <summary>What can wait, such as the slate; given up after 30 s.</summary>
    Background,
}

/// <summary>An object to be stored that is written once.</summary>
/// <param name="Key">Its key, which carries a hash: it may be put twice without harm.</param>
/// <param name="Body">All its bytes.</param>
/// <param name="Headers">What it is served with.</param>
/// <param name="Media">How long its media lasts: what a try may take is measured by it.</param>
/// <param name="Kind">What goes first.</param>
/// <param name="Trace">What its requests are traced under; null: nothing.</param>
internal readonly record struct Upload(
    string Key,
    ReadOnlyMemory<byte> Body,
    ObjectHeaders Headers,
    TimeSpan Media,
    UploadKind Kind,
    Activity? Trace = null
);

/// <summary>How an upload ended.</summary>
/// <param name="Stored">The store has acknowledged all bytes; else it is given up.</param>
/// <param name="Elapsed">From the first try to the answer of the last.</param>
/// <param name="Tries">PUTs sent.</param>
/// <param name="AnsweredAt">Time stamp of the answer, by the uploader's clock.</param>
internal readonly record struct UploadResult(bool Stored, TimeSpan Elapsed, int Tries, long AnsweredAt);

/// <summary>An upload that waits or is under way. Owned by its <see cref="SegmentUploader"/>, and changed under its lock only.</summary>
/// <remarks>The bytes are not in here while they are on disk.</remarks>
internal sealed class PendingUpload(Upload upload, long ticket, TimeSpan since, CancellationToken cancellation)
{
    public static readonly IComparer<PendingUpload> OldestFirst = Comparer<PendingUpload>.Create(
        static (one, other) => (one.Kind, one.Ticket).CompareTo((other.Kind, other.Ticket))
    );

    private TimeSpan _failedAt = TimeSpan.MaxValue;

    /// <summary>It failed before and after others were stored.</summary>
    private bool _isOvertaken;

    public string Key { get; } = upload.Key;
    public ObjectHeaders Headers { get; } = upload.Headers;
    public TimeSpan Media { get; } = upload.Media;
    public UploadKind Kind { get; } = upload.Kind;
    public Activity? Trace { get; } = upload.Trace;
    public long Ticket { get; } = ticket;

    /// <summary>When it came.</summary>
    public TimeSpan Since { get; } = since;

    public CancellationToken Cancellation { get; } = cancellation;

    public CancellationTokenRegistration Registration { get; set; }

    public TaskCompletionSource<UploadResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null while it is being written to the spool.</summary>
    public HeldBody? Held { get; set; }

    /// <summary>Not tried again before.</summary>
    public TimeSpan NotBefore { get; set; } = TimeSpan.MinValue;

    public int Tries { get; set; }

    public TimeSpan? FirstTryAt { get; set; }

    /// <summary>Under way when its last try began, itself included.</summary>
    public int Beside { get; set; }

    /// <param name="now">When it failed.</param>
    /// <param name="lastStored">When something was stored last.</param>
    /// <returns>Whether it may be this object, and not the store: others were stored between its tries.</returns>
    public bool NoteFailure(TimeSpan now, TimeSpan lastStored)
    {
        _isOvertaken |= lastStored >= _failedAt;
        _failedAt = now;
        return _isOvertaken;
    }

    /// <summary>The store is back: only the one write a second a key holds.</summary>
    public void Forgive()
    {
        if (_failedAt < TimeSpan.MaxValue && _failedAt + UploadPace.BetweenTries < NotBefore)
            NotBefore = _failedAt + UploadPace.BetweenTries;
    }

    /// <summary>Lets go of the bytes, and then tells.</summary>
    public void End(UploadResult result)
    {
        Release();
        Done.TrySetResult(result);
    }

    public void Fail(Exception exception)
    {
        Release();
        Done.TrySetException(exception);
    }

    public void Cancel()
    {
        Release();
        Done.TrySetCanceled(Cancellation);
    }

    private void Release()
    {
        Held?.Dispose();
        // Not Dispose: that would wait for the callback, which may be what is running.
        Registration.Unregister();
    }
}
