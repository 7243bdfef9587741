namespace Spillway.Storage;

/// <summary>The headers an object has by its name alone, when nothing else is known.</summary>
internal static class DefaultHeaders
{
    private const string Forever = "max-age=31536000, immutable";
    private const string AskFirst = "no-cache";

    private static readonly ObjectHeaders Unknown = new("application/octet-stream", AskFirst);

    private static readonly Dictionary<string, ObjectHeaders> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".m3u8"] = new("application/vnd.apple.mpegurl", "max-age=1, s-maxage=2"),
        [".ts"] = new("video/mp2t", Forever),
        [".m4s"] = new("video/mp4", Forever),
        [".mp4"] = new("video/mp4", Forever),
        [".json"] = new("application/json", AskFirst),
        [".html"] = new("text/html; charset=utf-8", AskFirst),
        [".js"] = new("text/javascript; charset=utf-8", AskFirst),
        [".css"] = new("text/css; charset=utf-8", AskFirst),
        [".txt"] = new("text/plain; charset=utf-8", AskFirst),
        [".vtt"] = new("text/vtt; charset=utf-8", AskFirst),
        [".map"] = new("application/json", AskFirst),
        [".webmanifest"] = new("application/manifest+json", AskFirst),
        [".wasm"] = new("application/wasm", AskFirst),
        [".svg"] = new("image/svg+xml", AskFirst),
        [".png"] = new("image/png", AskFirst),
        [".jpg"] = new("image/jpeg", AskFirst),
        [".webp"] = new("image/webp", AskFirst),
        [".ico"] = new("image/x-icon", AskFirst),
        [".woff2"] = new("font/woff2", AskFirst),
    };

    public static ObjectHeaders Of(string key) => ByExtension.GetValueOrDefault(Path.GetExtension(key), Unknown);
}
