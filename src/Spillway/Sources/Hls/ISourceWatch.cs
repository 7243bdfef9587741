namespace Spillway.Sources.Hls;

/// <summary>Wakes followers when a source's playlist has changed. Only a hint: everyone polls as well.</summary>
internal interface ISourceWatch
{
    void Add(WakeSignal sleeper);

    void Remove(WakeSignal sleeper);

    /// <summary>Starts to watch, again after what is watched was away; to be called now and then.</summary>
    void Ensure();
}
