using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Spillway.Tracker.Nodes;

/// <summary>Which node's tracker the viewers of a stream meet at. Pure.</summary>
internal static class NodePlacement
{
    /// <summary>
    /// The nodes in the order in which a group of viewers prefers them, by rendezvous hashing: everyone who knows the same nodes
    /// gives the same answer, and a node that goes moves only those who were on it.
    /// https://www.microsoft.com/en-us/research/wp-content/uploads/2017/02/HRW98.pdf
    /// </summary>
    /// <param name="group">
    /// Those who must meet: today all viewers of a stream, by its name. A stream of more than some 20,000 would be split here, into
    /// groups of one place each, such as <c>live/frankfurt</c>.
    /// </param>
    /// <param name="nodes">Names.</param>
    public static IReadOnlyList<string> Rank(string group, IEnumerable<string> nodes) =>
        [.. nodes.OrderByDescending(node => Weight(group, node)).ThenBy(static node => node, StringComparer.Ordinal)];

    /// <summary>
    /// What players of a stream are told: the address to use, and the one to go to when that one does not answer. A player uses one
    /// at a time, and all of them go to the same second one.
    /// </summary>
    /// <param name="stream">Its name.</param>
    /// <param name="nodes">Addresses of the living nodes by name, without the stream.</param>
    /// <param name="own">The server's own tracker, whole.</param>
    public static IReadOnlyList<string> Addresses(string stream, IReadOnlyDictionary<string, string> nodes, string own) =>
        [.. Rank(stream, nodes.Keys).Select(node => $"{nodes[node].TrimEnd('/')}/tracker/{stream}").Append(own).Take(2)];

    private static ulong Weight(string group, string node)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{node}\n{group}"), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
