using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Admin;

/// <summary>Body of <c>POST /api/v1/session</c>.</summary>
internal sealed record SignIn
{
    /// <summary>The admin token.</summary>
    public required string Token { get; init; }
}

/// <summary>Answer of <c>POST</c> (which sets the cookie) and <c>GET /api/v1/session</c>; without either proof 401.</summary>
/// <param name="By"><c>cookie</c>, <c>token</c>, or <c>loopback</c> where the settings trust it.</param>
/// <param name="Until">When the cookie ends; null for the others.</param>
internal sealed record SessionState(string By, DateTimeOffset? Until)
{
    public const string ByCookie = "cookie";
    public const string ByToken = "token";
    public const string ByLoopback = "loopback";
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(SessionState))]
internal sealed partial class SessionJson : JsonSerializerContext;
