using System.Security.Cryptography;
using System.Text;
using Spillway.Configuration;

namespace Spillway.Admin;

/// <summary>
/// What an operator must show at <c>/api/v1</c>: the token of the settings, else one that is made at the first start and kept in the
/// data folder, in <c>admin-token</c>, which only this user may read.
/// </summary>
internal sealed class AdminToken
{
    private const string FileName = "admin-token";
    private const string Scheme = "Bearer ";

    private readonly string _token;

    private AdminToken(string token, bool fresh)
    {
        _token = token;
        Fresh = fresh ? token : null;
    }

    /// <summary>The token, if this start has made it: to be shown once.</summary>
    public string? Fresh { get; }

    /// <summary>For a command that asks a running Spillway with the same settings; never to be shown.</summary>
    public string Value => _token;

    public static string PathOf(SpillwayOptions options) => Path.Combine(options.Data, FileName);

    /// <exception cref="SecretFileException">The file cannot be read or written, or holds no token.</exception>
    public static AdminToken Open(SpillwayOptions options)
    {
        if (options.Admin.Token.Length > 0)
            return new AdminToken(options.Admin.Token, fresh: false);
        var path = PathOf(options);
        try
        {
            if (File.Exists(path))
            {
                var kept = File.ReadAllText(path).Trim();
                return kept.Length >= AdminOptions.ShortestToken
                    ? new AdminToken(kept, fresh: false)
                    : throw new SecretFileException(
                        $"{path} holds no admin token. Remove it to have a new one made, or set Admin:Token."
                    );
            }
            var made = RandomNumberGenerator.GetHexString(32, lowercase: true);
            SecretFile.Write(path, Encoding.ASCII.GetBytes(made + "\n"));
            return new AdminToken(made, fresh: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SecretFileException(
                $"The admin token cannot be kept in {path}: {exception.Message} Make the folder writable, or set Admin:Token."
            );
        }
    }

    /// <summary>A token, right or wrong, and not the password of a proxy before this server.</summary>
    public static bool IsShown(string authorization) => authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <param name="authorization">The header, or null.</param>
    /// <returns>The time it takes does not tell how much of a token was right.</returns>
    public bool Opens(string? authorization) =>
        authorization is not null && IsShown(authorization) && Is(authorization[Scheme.Length..].Trim());

    /// <inheritdoc cref="Opens"/>
    /// <param name="given">By itself.</param>
    public bool Is(string given) => Secret.Same(_token, given);
}
