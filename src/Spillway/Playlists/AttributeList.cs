namespace Spillway.Playlists;

/// <summary>Attribute lists, <c>NAME=value,NAME="a, b"</c> (RFC 8216bis 4.2), read in place.</summary>
internal static class AttributeList
{
    /// <summary>Finds the first attribute of that name; quotes are taken off.</summary>
    public static bool TryGet(ReadOnlySpan<byte> list, ReadOnlySpan<byte> wanted, out ReadOnlySpan<byte> value)
    {
        while (TryNext(ref list, out var name, out value) is Step.Found)
        {
            if (name.SequenceEqual(wanted))
                return true;
        }

        value = default;
        return false;
    }

    /// <summary>What is wrong with the list's syntax, or null.</summary>
    public static string? Fault(ReadOnlySpan<byte> list)
    {
        Step step;
        while ((step = TryNext(ref list, out _, out _)) is Step.Found) { }
        return step is Step.Broken ? $"{PlaylistParser.Quote(list)} is not NAME=value." : null;
    }

    private enum Step
    {
        Found,
        End,
        Broken,
    }

    private static Step TryNext(scoped ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var rest = list.TrimStart(" \t,"u8);
        if (rest.IsEmpty)
            return Step.End;
        var equals = rest.IndexOf((byte)'=');
        if (equals <= 0)
            return Step.Broken;
        name = rest[..equals].Trim(" \t"u8);
        rest = rest[(equals + 1)..].TrimStart(" \t"u8);
        if (rest.StartsWith("\""u8))
        {
            rest = rest[1..];
            var quote = rest.IndexOf((byte)'"');
            if (quote < 0)
                return Step.Broken;
            value = rest[..quote];
            rest = rest[(quote + 1)..].TrimStart(" \t"u8);
            if (!rest.IsEmpty && rest[0] != ',')
                return Step.Broken;
        }
        else
        {
            var comma = rest.IndexOf((byte)',');
            value = (comma < 0 ? rest : rest[..comma]).Trim(" \t"u8);
            rest = comma < 0 ? default : rest[comma..];
        }

        list = rest;
        return Step.Found;
    }
}
