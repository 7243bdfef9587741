using System.Globalization;

namespace Spillway.Audience;

/// <summary>
/// Which part of the viewers is to report, so that about as many do as are wanted. Viewers have drawn a number at random and report
/// while it is below the share: so a smaller share sends some away, and keeps the rest.
/// </summary>
/// <remarks>
/// It follows the audience in steps: each change costs a PUT and moves viewers, and the figures of the audience swing by a tenth by
/// themselves. Down at once, since too many come quickly; up slowly, since those who come take half a minute to be seen.
/// </remarks>
internal sealed class ReporterShare(int wanted)
{
    private const double DownFrom = 0.75;
    private const double UpFrom = 1.5;

    /// <summary>How much larger a step up may make it.</summary>
    private const double MostUp = 4;

    private static readonly TimeSpan BetweenStepsUp = TimeSpan.FromSeconds(30);

    /// <summary>As long as a viewer may go by an older one: its copy of player.json may be old, and its reports are not sent all the time.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(15);

    private readonly Queue<(double Share, TimeSpan Until)> _older = new();
    private TimeSpan _changedAt;

    /// <summary>0 to 1, with three digits that count.</summary>
    public double Value { get; private set; } = 1;

    /// <summary>Whether a viewer may go by it now: players are told no other.</summary>
    public bool IsKnown(double share) => share == Value || _older.Any(older => older.Share == share);

    /// <summary>Goes on with what another process has told the players.</summary>
    public void Resume(double share, TimeSpan now)
    {
        if (share is > 0 and <= 1)
            Change(share, now);
    }

    /// <param name="viewers">Who there are, as far as is known; null: nobody knows.</param>
    /// <param name="now">Time since any fixed moment; never goes back.</param>
    public void Follow(double? viewers, TimeSpan now)
    {
        while (_older.TryPeek(out var oldest) && oldest.Until < now)
            _older.Dequeue();
        var right = viewers is not { } all || all <= wanted ? 1 : wanted / all;
        if (right < DownFrom * Value)
            Change(Round(right), now);
        else if ((right > UpFrom * Value || (right == 1 && Value < 1)) && now - _changedAt >= BetweenStepsUp)
            Change(Round(Math.Min(right, MostUp * Value)), now);
    }

    private void Change(double share, TimeSpan now)
    {
        if (share == Value)
            return;
        _older.Enqueue((Value, now + Remembered));
        (Value, _changedAt) = (share, now);
    }

    /// <summary>As text and back it stays the same number.</summary>
    private static double Round(double share) =>
        double.Parse(share.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
