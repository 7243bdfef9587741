namespace Spillway.Sources.Hls;

/// <summary>Tells the operator what a source does wrong, each trouble at most every half minute.</summary>
internal sealed partial class SourceWarnings(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Location, string Remedy), long> _told = [];

    /// <summary>False where another source stands before this one and says so itself.</summary>
    public bool TellsPresence { get; init; } = true;

    /// <param name="location">Shown form, see <see cref="Upstreams.Show"/>.</param>
    /// <param name="cause">What is wrong.</param>
    /// <param name="remedy">What the operator can do.</param>
    public void Warn(string location, string cause, string remedy)
    {
        lock (_gate)
        {
            if (_told.TryGetValue((location, remedy), out var last) && time.GetElapsedTime(last) < Interval)
                return;
            if (_told.Count > 1000)
                _told.Clear();
            _told[(location, remedy)] = time.GetTimestamp();
        }
        Log.Trouble(logger, location, cause, remedy);
    }

    /// <summary>It can be read again after <see cref="Warn"/>.</summary>
    public void Healed(string location)
    {
        lock (_gate)
        {
            var known = _told.Keys.Where(k => string.Equals(k.Location, location, StringComparison.Ordinal)).ToArray();
            if (known.Length == 0)
                return;
            foreach (var key in known)
                _told.Remove(key);
        }
        Log.Healed(logger, location);
    }

    public void Found(string location, string renditions) => Log.Found(logger, location, renditions);

    public void Restarted(string rendition, int run) => Log.Restarted(logger, rendition, run);

    public void Missed(string rendition, long sequence, string reason) => Log.Missed(logger, rendition, sequence, reason);

    public void Away(string reason)
    {
        if (TellsPresence)
            Log.Away(logger, reason);
    }

    public void Back()
    {
        if (TellsPresence)
            Log.Back(logger);
    }

    public void Bug(string where, Exception exception) => Log.Bug(logger, where, exception);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Source {Location}: {Cause}. {Remedy}")]
        public static partial void Trouble(ILogger logger, string location, string cause, string remedy);

        [LoggerMessage(LogLevel.Information, "Source {Location}: well again")]
        public static partial void Healed(ILogger logger, string location);

        [LoggerMessage(LogLevel.Information, "Source {Location}: following {Renditions}")]
        public static partial void Found(ILogger logger, string location, string renditions);

        [LoggerMessage(LogLevel.Information, "Rendition {Rendition}: the source started again, run {Run}")]
        public static partial void Restarted(ILogger logger, string rendition, int run);

        [LoggerMessage(LogLevel.Warning, "Rendition {Rendition}: segment {Sequence} of the source is lost: {Reason}")]
        public static partial void Missed(ILogger logger, string rendition, long sequence, string reason);

        [LoggerMessage(LogLevel.Warning, "The source is away: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "The source is back")]
        public static partial void Back(ILogger logger);

        [LoggerMessage(LogLevel.Error, "Source {Where}: a fault of Spillway, going on")]
        public static partial void Bug(ILogger logger, string where, Exception exception);
    }
}
