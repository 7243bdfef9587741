namespace Spillway.Tests.Security;

/// <summary>Secrets that can be recognized wherever they are said, of each kind that there is.</summary>
internal static class Secrets
{
    public const string Admin = "s3cretAdminToken00";
    public const string KeyId = "s3cretAccessKeyId01";
    public const string Key = "s3cretSecretAccessKey02";
    public const string PushKey = "s3cretPushKey03";
    public const string RtmpKey = "s3cretRtmpKey04";
    public const string SourceUser = "s3cretUser05";
    public const string SourcePassword = "s3cretPassword05";
    public const string SourceToken = "s3cretToken06";
    public const string HookPath = "s3cretHookPath07";
    public const string SegmentToken = "s3cretSegmentToken08";
    public const string HookSecret = "whsec_s3cretHookKey09AAAAAAAAAAAAAAAAA";
    public const string Cloudflare = "s3cretCloudflareToken10";

    public static IReadOnlyList<string> All { get; } =
    [
        Admin,
        KeyId,
        Key,
        PushKey,
        RtmpKey,
        SourceUser,
        SourcePassword,
        SourceToken,
        HookPath,
        SegmentToken,
        HookSecret,
        HookSecret["whsec_".Length..],
        Cloudflare,
    ];
}
