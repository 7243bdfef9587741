namespace Spillway.Storage;

/// <summary>What went wrong in the embedded store's folder, in words for the operator.</summary>
internal static class EmbeddedFault
{
    /// <summary>ENOSPC and EDQUOT, as .NET passes them on.</summary>
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>ERROR_DISK_FULL, as an HResult: what .NET makes of ENOSPC where it notices it.</summary>
    private const int DiskFull = unchecked((int)0x80070070);

    public static StoreFault Of(Exception exception, string folder)
    {
        if (exception is UnauthorizedAccessException)
            return new StoreFault(
                StoreFaultKind.Denied,
                $"The folder '{folder}' refused: {exception.Message}",
                "Let the user that runs Spillway write to it, or choose another folder with Data (--data)."
            );
        if (exception.HResult is NoSpace or QuotaExceeded or DiskFull)
            return new StoreFault(
                StoreFaultKind.Full,
                $"The disk of '{folder}' is full.",
                "Free some space, or choose a folder on another disk with Data (--data)."
            );
        return new StoreFault(
            StoreFaultKind.Other,
            $"The folder '{folder}' failed: {exception.Message}",
            "Check its disk, or choose another folder with Data (--data)."
        );
    }

    /// <summary>A full disk is <see cref="PutStatus.Unknown"/>: old segments are deleted all the time, so trying again may help.</summary>
    public static PutResult OfPut(Exception exception, string folder)
    {
        var fault = Of(exception, folder);
        return new PutResult(fault.Kind == StoreFaultKind.Denied ? PutStatus.Refused : PutStatus.Unknown, null, fault);
    }

    public static PutResult ConditionWasFalse(string key) =>
        new(
            PutStatus.PreconditionFailed,
            null,
            new StoreFault(StoreFaultKind.Condition, $"'{key}' is not as the condition of the PUT asks.", "Read it, then decide.")
        );

    /// <summary>S3 can have both <c>a</c> and <c>a/b</c>; a file system cannot.</summary>
    public static PutResult KeyInTheWay(string key, string other) =>
        new(
            PutStatus.Refused,
            null,
            new StoreFault(
                StoreFaultKind.Other,
                $"'{key}' cannot be stored in a folder, since '{other}' is there.",
                "Delete that first, or use an S3 bucket (Storage:Bucket)."
            )
        );
}
