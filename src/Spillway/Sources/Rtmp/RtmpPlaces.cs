namespace Spillway.Sources.Rtmp;

/// <summary>
/// How many clients may be connected that have not shown a key. Publishers do not count: there is one a stream, and those who
/// only knock must not keep them out.
/// </summary>
internal sealed class RtmpPlaces
{
    public const int Total = 128;
    public const int PerNetwork = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ofNetwork = new(StringComparer.Ordinal);
    private int _taken;

    /// <returns>A place, given back when it is disposed of; null: all are taken, of this network or at all.</returns>
    public IDisposable? TryTake(string network)
    {
        lock (_gate)
        {
            var ofNetwork = _ofNetwork.GetValueOrDefault(network);
            if (_taken >= Total || ofNetwork >= PerNetwork)
                return null;
            _taken++;
            _ofNetwork[network] = ofNetwork + 1;
            return new Place(this, network);
        }
    }

    private void Release(string network)
    {
        lock (_gate)
        {
            _taken--;
            if (--_ofNetwork[network] == 0)
                _ofNetwork.Remove(network);
        }
    }

    private sealed class Place(RtmpPlaces places, string network) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                places.Release(network);
        }
    }
}
