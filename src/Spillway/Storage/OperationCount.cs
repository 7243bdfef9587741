namespace Spillway.Storage;

/// <summary>
/// Operations at a store, in the classes that Cloudflare R2 and others bill: A (PUT, LIST), B (GET) and free (DELETE). A LIST of
/// n keys counts as one for each 1,000, a DELETE too.
/// </summary>
/// <param name="Puts">Sent, whatever came of them, but for the refused.</param>
/// <param name="Lists">Pages.</param>
/// <param name="Gets">Sent, whatever came of them, but for the refused.</param>
/// <param name="Deletes">Requests.</param>
/// <param name="Refused">Of all kinds: wrong credentials, no such bucket. Nobody bills these.</param>
internal readonly record struct OperationCount(long Puts, long Lists, long Gets, long Deletes, long Refused)
{
    public static OperationCount None => default;

    public long ClassA => Puts + Lists;
    public long ClassB => Gets;
    public long Free => Deletes;

    public static OperationCount operator +(OperationCount one, OperationCount other) =>
        new(
            one.Puts + other.Puts,
            one.Lists + other.Lists,
            one.Gets + other.Gets,
            one.Deletes + other.Deletes,
            one.Refused + other.Refused
        );

    public static OperationCount operator -(OperationCount one, OperationCount other) =>
        new(
            one.Puts - other.Puts,
            one.Lists - other.Lists,
            one.Gets - other.Gets,
            one.Deletes - other.Deletes,
            one.Refused - other.Refused
        );
}

/// <summary>PUTs of media: segments and initialization sections, the slate's too.</summary>
/// <param name="Tries">PUTs sent.</param>
/// <param name="Failures">Of these, not acknowledged.</param>
/// <param name="Bytes">Acknowledged.</param>
internal readonly record struct UploadCount(long Tries, long Failures, long Bytes)
{
    public long Stored => Tries - Failures;

    public static UploadCount operator +(UploadCount one, UploadCount other) =>
        new(one.Tries + other.Tries, one.Failures + other.Failures, one.Bytes + other.Bytes);

    public static UploadCount operator -(UploadCount one, UploadCount other) =>
        new(one.Tries - other.Tries, one.Failures - other.Failures, one.Bytes - other.Bytes);
}
