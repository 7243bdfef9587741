using System.Globalization;

namespace Spillway.Bench.SwarmSimulation;

/// <summary>A viewer's place in the row of each segment: the hash of <c>edge-turns.ts</c>, kept for the last few segments.</summary>
internal sealed class Draws(string peerId)
{
    private const int Kept = 16;

    /// <summary>Live numbers start there; the row hashes their digits.</summary>
    private const int FirstLiveNumber = 1_000_000;

    private readonly int[] _numbers = [.. Enumerable.Repeat(-1, Kept)];
    private readonly uint[] _draws = new uint[Kept];

    public string PeerId => peerId;

    public uint Of(int number)
    {
        var at = number % Kept;
        if (_numbers[at] != number)
            (_numbers[at], _draws[at]) = (number, Hash(FirstLiveNumber + number, peerId));
        return _draws[at];
    }

    public bool IsBefore(Draws other, int number)
    {
        var (mine, theirs) = (Of(number), other.Of(number));
        return mine < theirs || (mine == theirs && string.CompareOrdinal(peerId, other.PeerId) < 0);
    }

    /// <summary>FNV-1a over <c>number/peer</c>, with MurmurHash3's last steps.</summary>
    private static uint Hash(int number, string peerId)
    {
        Span<char> text = stackalloc char[48];
        text.TryWrite(CultureInfo.InvariantCulture, $"{number}/{peerId}", out var length);
        var hash = 0x811c9dc5;
        foreach (var character in text[..length])
            hash = (hash ^ character) * 0x01000193;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }
}
