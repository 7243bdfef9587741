namespace Spillway.Checks;

/// <summary>
/// Whether pages of other hosts may read (https://fetch.spec.whatwg.org/#http-cors-protocol). An edge that keeps what the store has
/// answered keeps its header, too: so what was first asked for without Origin is asked for with one, and the other way round.
/// </summary>
internal sealed class EdgeCors(CheckContext context, EdgeReader reader, FindingList findings)
{
    private const string Allow = "access-control-allow-origin";
    private const string Stranger = "https://another-page.example";

    private string? _unserved;
    private EdgeAnswer? _latest;

    /// <summary>Of what was asked for without Origin before.</summary>
    public async Task FirstAsync(string key, CancellationToken cancellationToken)
    {
        foreach (var origin in context.PageOrigins)
        {
            var answer = await reader.GetAsync(key, cancellationToken, ("Origin", origin));
            if (answer.IsOk && !Allows(answer, origin))
                _unserved ??= origin;
        }
    }

    /// <summary>What a new version was served with.</summary>
    public void Note(EdgeAnswer answer) => _latest = answer;

    /// <summary>Says what came of it.</summary>
    /// <param name="isFresh">The latest version was asked for with the first of the origins, before anybody asked for it without.</param>
    public async Task ConcludeAsync(string key, bool isFresh, CancellationToken cancellationToken)
    {
        var origin = context.PageOrigins[0];
        if (_unserved is { } unserved)
        {
            var isVarying = isFresh && unserved == origin && Allows(_latest!, origin);
            // The same fault, and the same remedy.
            findings.Remove(EdgeFindings.NoPreflight);
            findings.Add(
                isVarying ? EdgeFindings.CorsVaries : EdgeFindings.NoCors,
                isVarying
                    ? $"A page of {unserved} may read what was first asked for with Origin, and not what was first asked for without."
                    : $"An object that is asked for by a page of {unserved} comes without Access-Control-Allow-Origin for it."
            );
            return;
        }
        var other = await reader.GetAsync(key, cancellationToken, ("Origin", Stranger));
        // A list of pages is the operator's choice, as long as each gets its own answer.
        if (other.IsOk && other.Header(Allow) is { } allowed && allowed != "*" && allowed != Stranger)
            findings.Add(
                EdgeFindings.CorsVaries,
                $"A page of {Stranger} is answered with Access-Control-Allow-Origin: {Configuration.Shown.Name(allowed)}."
            );
        else if (!findings.Has(EdgeFindings.NoPreflight))
            findings.Add(EdgeFindings.Cors, $"Pages of {string.Join(", ", context.PageOrigins)} may read.");
    }

    public async Task PreflightAsync(string key, CancellationToken cancellationToken)
    {
        if (await PreflightProblemAsync(key, cancellationToken) is { } problem)
            findings.Add(EdgeFindings.NoPreflight, problem);
    }

    /// <summary>As Firefox and older browsers ask before they read a part of something.</summary>
    /// <returns>What is wrong with the answer; null: nothing.</returns>
    public async Task<string?> PreflightProblemAsync(string key, CancellationToken cancellationToken)
    {
        foreach (var origin in context.PageOrigins)
        {
            var answer = await reader.SendAsync(
                HttpMethod.Options,
                reader.At(key),
                null,
                [("Origin", origin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "range")],
                cancellationToken
            );
            var headers = answer.Header("access-control-allow-headers") ?? "";
            if (answer.Status is < 200 or >= 300)
                return $"The preflight of a page of {origin} for a part of an object was answered with {answer.Words}.";
            if (!Allows(answer, origin))
                return $"The preflight of a page of {origin} for a part of an object was answered without leave for it.";
            if (
                headers != "*"
                && !headers.Split(',', StringSplitOptions.TrimEntries).Contains("range", StringComparer.OrdinalIgnoreCase)
            )
                return $"The preflight of a page of {origin} for a part of an object was answered without Range among the headers allowed.";
        }
        return null;
    }

    private static bool Allows(EdgeAnswer answer, string origin) =>
        answer.Header(Allow) is { } allowed && (allowed == "*" || allowed.Equals(origin, StringComparison.OrdinalIgnoreCase));
}
