using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Spillway.Admin;

/// <summary>
/// Who has signed in: for each a random id, which the browser keeps in a cookie, and of which only the hash is kept here. They are
/// in memory: a restart signs everybody out.
/// </summary>
internal sealed class AdminSessions(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>At one time; beyond it the oldest goes.</summary>
    public const int Most = 100;

    private const int IdBytes = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    /// <summary>A new one.</summary>
    public (string Id, DateTimeOffset Until) Begin()
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        var now = time.GetUtcNow();
        var until = now + Lifetime;
        lock (_gate)
        {
            foreach (var (hash, end) in _until.ToArray())
            {
                if (end <= now)
                    _until.Remove(hash);
            }
            if (_until.Count >= Most)
                _until.Remove(_until.MinBy(static session => session.Value).Key);
            _until[HashOf(id)] = until;
        }
        return (id, until);
    }

    /// <summary>Until when it opens; null: it does not, or not any more. Looked up by its hash: time tells nothing of it.</summary>
    public DateTimeOffset? Find(string id)
    {
        lock (_gate)
            return _until.TryGetValue(HashOf(id), out var until) && until > time.GetUtcNow() ? until : null;
    }

    public void End(string id)
    {
        lock (_gate)
            _until.Remove(HashOf(id));
    }

    private static string HashOf(string id) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
