namespace Spillway.Audience;

/// <summary>P2P from a set number of viewers on: on when they are there, off again when a fifth of them has left.</summary>
/// <param name="from">Viewers; 0: P2P is always on.</param>
internal sealed class PeerSwitch(int from)
{
    private const double OffBelow = 0.8;

    /// <summary>An estimate swings, and each turn makes every viewer begin or end all its connections.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    public bool IsOn { get; private set; } = from == 0;

    /// <summary>Since when it is as it is.</summary>
    public TimeSpan Since { get; private set; }

    public void Resume(bool isOn, TimeSpan now) => (IsOn, Since) = (isOn || from == 0, now);

    /// <param name="viewers">Null: nobody knows; then it stays as it is.</param>
    /// <param name="now">Time since any fixed moment; never goes back.</param>
    public void Follow(double? viewers, TimeSpan now)
    {
        if (from == 0 || viewers is not { } there)
            return;
        var wanted = IsOn ? there >= OffBelow * from : there >= from;
        if (wanted == IsOn || (Since > TimeSpan.Zero && now - Since < Rest))
            return;
        (IsOn, Since) = (wanted, now);
    }
}
