using Spillway.Bench.Latency;

namespace Spillway.Bench.Faults.Publishers;

/// <summary>Something that carries the source's segments into a bucket of its own and lists them there.</summary>
/// <param name="name">As the table has it.</param>
/// <param name="playlist">Where viewers begin, at the store itself.</param>
internal abstract class Publisher(string name, Uri playlist) : IAsyncDisposable
{
    /// <summary>How long whoever ended stays away: what a supervisor waits before it starts it again.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromSeconds(5);

    public string Name { get; } = name;

    public Uri Playlist { get; } = playlist;

    public int Starts { get; protected set; }

    public abstract void Start();

    /// <summary>At once, without a word to it. It comes back by itself after <see cref="Away"/>.</summary>
    public abstract void Kill();

    /// <summary>The source has completed one more.</summary>
    public virtual void Written(RecordedSegment segment) { }

    /// <summary>For who looks why it did as it did.</summary>
    public virtual string Output => "";

    public abstract ValueTask DisposeAsync();
}
