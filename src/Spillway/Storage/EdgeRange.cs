using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Spillway.Storage;

/// <summary>The part of a body to send.</summary>
/// <param name="Status">200, 206 or 416.</param>
/// <param name="Start">Offset of the first byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct EdgeRange(int Status, long Start, long Length)
{
    /// <summary>
    /// What to send for a GET. Several ranges, another unit and what cannot be read are answered with the whole, as
    /// <see href="https://www.rfc-editor.org/rfc/rfc9110#section-14.2">RFC 9110, 14.2</see> allows.
    /// </summary>
    /// <param name="modified">Last-Modified, in whole seconds.</param>
    public static EdgeRange Of(RequestHeaders headers, EmbeddedObject found, DateTimeOffset modified)
    {
        var whole = new EdgeRange(StatusCodes.Status200OK, 0, found.Length);
        if (headers.Range is not { Unit.Value: "bytes", Ranges: { Count: 1 } ranges } || !IfRangeHolds(headers, found, modified))
            return whole;
        var range = ranges.First();
        var last = found.Length - 1;
        if (range.From is not { } from)
        {
            var suffix = Math.Min(range.To ?? 0, found.Length);
            return suffix == 0
                ? Unsatisfiable
                : new EdgeRange(StatusCodes.Status206PartialContent, found.Length - suffix, suffix);
        }
        if (from > last)
            return Unsatisfiable;
        return new EdgeRange(StatusCodes.Status206PartialContent, from, Math.Min(range.To ?? last, last) - from + 1);
    }

    private static EdgeRange Unsatisfiable => new(StatusCodes.Status416RangeNotSatisfiable, 0, 0);

    /// <summary>If-Range compares strongly: the rest of another version, or of a compressed one, would be garbage.</summary>
    private static bool IfRangeHolds(RequestHeaders headers, EmbeddedObject found, DateTimeOffset modified)
    {
        if (headers.IfRange is not { } condition)
            return headers.Headers.IfRange.Count == 0;
        if (condition.EntityTag is { } tag)
            return !tag.IsWeak && tag.Tag.Equals(found.ETag, StringComparison.Ordinal);
        return condition.LastModified == modified;
    }
}
