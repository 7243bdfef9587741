using Spillway.Storage;

namespace Spillway.Checks;

/// <summary>Whether the store does what is needed of it, tried with the probe.</summary>
internal sealed class StoreCheck(IObjectStore store, ProbeObject probe, bool singleWriter, FindingList findings)
{
    /// <summary>What earlier runs left that were killed.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private static readonly PutCondition Another = PutCondition.Matches("\"00000000000000000000000000000000\"");

    private bool _isWrong;
    private TimeSpan _took;

    /// <summary>The first version was written and read back.</summary>
    public bool Stored { get; private set; }

    /// <summary>Writes the first version, keeping to a condition that is true.</summary>
    /// <returns>Whether it is there.</returns>
    public async Task<bool> WriteAsync(CancellationToken cancellationToken)
    {
        if (!singleWriter)
        {
            var onto = await probe.PutAsync(0, ProbeObject.Mutable, Another, cancellationToken);
            if (onto.Status == PutStatus.Stored)
                Say(StoreFindings.NoIfMatch, "A PUT with If-Match to a key that is not there was answered as stored.");
            else if (onto.Status != PutStatus.PreconditionFailed)
                return Fail(onto.Fault);
        }
        var condition = singleWriter || _isWrong ? PutCondition.None : PutCondition.Missing;
        var put = await probe.PutAsync(1, ProbeObject.Mutable, condition, cancellationToken);
        if (put.Status == PutStatus.PreconditionFailed)
        {
            Say(StoreFindings.TrueCondition, "A PUT with If-None-Match: * to a key that is not there was refused.");
            put = await probe.PutAsync(1, ProbeObject.Mutable, PutCondition.None, cancellationToken);
        }
        if (put.Status != PutStatus.Stored)
            return Fail(put.Fault);
        _took = probe.Took;
        var get = await probe.GetAsync(cancellationToken);
        if (get.Status is GetStatus.Refused or GetStatus.Unknown)
            return Fail(get.Fault);
        if (get.Object is { } found && found.Body.Span.SequenceEqual(probe.Body(1)))
            return Stored = true;
        Say(
            StoreFindings.OtherBytes,
            get.Object is null
                ? "An object that was acknowledged was not there when it was read."
                : "An object that was acknowledged was read back with other bytes."
        );
        return false;
    }

    /// <summary>Conditions that are false, and one that is true: it writes version 2.</summary>
    /// <returns>Version 2 is there.</returns>
    public async Task<bool> ConditionsAsync(CancellationToken cancellationToken)
    {
        if (singleWriter)
            return await OverwriteAsync(2, ProbeObject.Mutable, cancellationToken);
        var over = await probe.PutAsync(0, ProbeObject.Mutable, PutCondition.Missing, cancellationToken);
        if (over.Status == PutStatus.Stored)
            Say(StoreFindings.NoIfNoneMatch, "A PUT with If-None-Match: * over an object that is there was answered as stored.");
        var onto = await probe.PutAsync(0, ProbeObject.Mutable, Another, cancellationToken);
        if (onto.Status == PutStatus.Stored && !findings.Has(StoreFindings.NoIfMatch))
            Say(StoreFindings.NoIfMatch, "A PUT with If-Match and another version's ETag was answered as stored.");
        foreach (var result in (ReadOnlySpan<PutResult>)[over, onto])
            if (result.Status is PutStatus.Refused or PutStatus.Unknown)
            {
                Fail(result.Fault);
                break;
            }
        if (await probe.GetAsync(cancellationToken) is not { Object: { } present })
            return false;
        var renewed = await probe.PutAsync(2, ProbeObject.Mutable, PutCondition.Matches(present.ETag), cancellationToken);
        if (renewed.Status != PutStatus.PreconditionFailed)
            return renewed.Status == PutStatus.Stored || Fail(renewed.Fault);
        Say(StoreFindings.TrueCondition, "A PUT with If-Match and the ETag that the store had just given was refused.");
        return await OverwriteAsync(2, ProbeObject.Mutable, cancellationToken);
    }

    /// <summary>Writes whatever is there.</summary>
    public async Task<bool> OverwriteAsync(int version, ObjectHeaders headers, CancellationToken cancellationToken)
    {
        var put = await probe.PutAsync(version, headers, PutCondition.None, cancellationToken);
        return put.Status == PutStatus.Stored || Fail(put.Fault);
    }

    /// <summary>Lists the probes, and remembers those of earlier runs.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var forgotten = new List<string>();
        try
        {
            var isThere = false;
            await foreach (var entry in store.ListAsync(ProbeObject.Family, cancellationToken))
            {
                isThere |= entry.Key == probe.Key;
                if (store.Now - entry.LastModified > Forgotten)
                    forgotten.Add(entry.Key);
            }
            if (!isThere)
                Say(StoreFindings.NoList, "A listing did not show an object that had just been stored.");
        }
        catch (ObjectStoreException exception)
        {
            Say(StoreFindings.NoList, $"The bucket could not be listed: {exception.Fault.Message}");
        }
        return forgotten;
    }

    /// <summary>Deletes all that was written; also after a time-out, which may have stored it.</summary>
    /// <param name="forgotten">Probes of earlier runs.</param>
    public async Task DeleteAsync(IEnumerable<string> forgotten, CancellationToken cancellationToken)
    {
        if (probe.Written.Count == 0)
            return;
        try
        {
            await store.DeleteAsync([.. probe.Written, .. forgotten], cancellationToken);
            if (await probe.GetAsync(cancellationToken) is { Status: GetStatus.Found })
                Say(StoreFindings.NoDelete, $"{probe.Key} is still there after it was deleted.");
        }
        catch (ObjectStoreException exception)
        {
            // What cannot be written at all has a finding already.
            if (!Stored)
                return;
            Say(StoreFindings.NoDelete, $"{string.Join(", ", probe.Written)} could not be deleted: {exception.Fault.Message}");
        }
        if (Stored && !_isWrong)
            findings.Add(
                StoreFindings.Works,
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"A small object was written, read back, listed and deleted{(singleWriter ? "" : ", and conditions were kept to")}; {_took.TotalMilliseconds:0} ms until it was stored."
                )
            );
    }

    private bool Fail(StoreFault? fault)
    {
        var kind = fault?.Kind switch
        {
            StoreFaultKind.Denied => StoreFindings.Denied,
            StoreFaultKind.NoSuchBucket => StoreFindings.NoBucket,
            StoreFaultKind.Unreachable => StoreFindings.Unreachable,
            StoreFaultKind.Full => StoreFindings.Full,
            _ => StoreFindings.Fault,
        };
        _isWrong = true;
        if (!findings.Has(kind))
            findings.Add(kind, fault?.Message ?? "The store gave no clear answer.", fault?.Remedy);
        return false;
    }

    private void Say(FindingKind kind, string seen)
    {
        _isWrong = true;
        findings.Add(kind, seen);
    }
}
