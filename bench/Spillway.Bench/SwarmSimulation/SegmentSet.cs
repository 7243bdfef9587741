namespace Spillway.Bench.SwarmSimulation;

/// <summary>Segments by their numbers. It remembers 64, up to the newest that was ever added.</summary>
internal struct SegmentSet
{
    private const int Size = 64;

    private ulong _bits;
    private int _newest;

    public readonly bool Contains(int number)
    {
        var age = _newest - number;
        return age is >= 0 and < Size && ((_bits >> age) & 1) != 0;
    }

    public void Add(int number)
    {
        if (number > _newest)
        {
            var by = number - _newest;
            _bits = by >= Size ? 0 : _bits << by;
            _newest = number;
        }
        var age = _newest - number;
        if (age < Size)
            _bits |= 1UL << age;
    }

    public void Remove(int number)
    {
        var age = _newest - number;
        if (age is >= 0 and < Size)
            _bits &= ~(1UL << age);
    }
}
