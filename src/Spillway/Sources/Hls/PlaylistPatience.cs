namespace Spillway.Sources.Hls;

/// <summary>
/// How long an answer for a playlist is waited for. A server that hangs must not cost more than a part of the window, and one that
/// is slow must get its time: what was too short is doubled, what was needed is remembered.
/// </summary>
internal sealed class PlaylistPatience
{
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(10);

    private TimeSpan _needed;

    /// <param name="target">The target duration.</param>
    public TimeSpan For(TimeSpan target)
    {
        var least = target < TimeSpan.FromSeconds(2) ? TimeSpan.FromSeconds(2) : target;
        var wanted = _needed > least ? _needed : least;
        return wanted < Longest ? wanted : Longest;
    }

    /// <param name="given">What the answer had.</param>
    /// <param name="took">What it took.</param>
    public void Learn(bool came, TimeSpan given, TimeSpan took)
    {
        if (came)
            _needed = 2 * took > _needed / 2 ? 2 * took : _needed / 2;
        else if (took >= given)
            _needed = 2 * given < Longest ? 2 * given : Longest;
    }
}
