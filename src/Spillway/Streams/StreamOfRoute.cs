using Spillway.Admin;

namespace Spillway.Streams;

internal static class StreamOfRoute
{
    /// <summary>The live stream that an operator's address names; null when there is none, and the answer has been sent.</summary>
    public static async Task<LiveStream?> FindAsync(this LiveStreams streams, HttpContext context)
    {
        if (streams.Find(context.GetRouteValue("stream") as string ?? "") is { } stream)
            return stream;
        await AdminDoor.SendErrorAsync(context, StatusCodes.Status404NotFound, streams.NoSuch);
        return null;
    }
}
