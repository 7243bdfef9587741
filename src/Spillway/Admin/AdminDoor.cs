using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace Spillway.Admin;

/// <summary>
/// The way into <c>/api/v1</c>, for every feature's endpoints: only with the token or the cookie of who has signed in with it,
/// wherever the request comes from. A tunnel's requests come from this machine too, so loopback is no exception unless the settings
/// trust it. The port of the edge never gets here.
/// </summary>
internal sealed class AdminDoor(AdminKeys keys)
{
    public const string Root = "/api/v1";

    /// <summary>Bytes; nothing an operator sends is larger.</summary>
    private const int LargestBody = 4096;

    /// <param name="routes">Where.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Below <c>/api/v1</c>, beginning with a slash.</param>
    /// <param name="handle">Called for operators only.</param>
    public void Map(IEndpointRouteBuilder routes, string method, string path, RequestDelegate handle) =>
        routes.MapMethods(Root + path, [method], context => GuardAsync(context, handle));

    /// <summary>For signing in: anybody may ask. What holds for all answers and bodies holds here, too.</summary>
    public static void MapOpen(IEndpointRouteBuilder routes, string method, string path, RequestDelegate handle) =>
        routes.MapMethods(
            Root + path,
            [method],
            context =>
            {
                Prepare(context);
                return handle(context);
            }
        );

    /// <summary>All else below <c>/api</c>: whoever has no token does not learn what there is.</summary>
    public void MapRest(IEndpointRouteBuilder routes) =>
        routes.Map(
            "/api/{**rest}",
            context =>
                GuardAsync(
                    context,
                    static inside =>
                        SendErrorAsync(
                            inside,
                            StatusCodes.Status404NotFound,
                            $"There is nothing for {inside.Request.Method} {inside.Request.Path}."
                        )
                )
        );

    /// <summary>The whole body; null when it was too large or broken, and the answer has been sent.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return body.GetBuffer().AsMemory(0, (int)body.Length);
        }
        catch (BadHttpRequestException exception)
        {
            await SendErrorAsync(
                context,
                exception.StatusCode,
                exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? $"The body is larger than {LargestBody} bytes."
                    : "The body could not be read."
            );
            return null;
        }
    }

    public static Task SendErrorAsync(HttpContext context, int status, string words) =>
        SendAsync(context, status, new ApiError(words), AdminJson.Default.ApiError);

    /// <summary>Nothing more is compared for now.</summary>
    public static Task SendTooManyAsync(HttpContext context, int retryAfter)
    {
        context.Response.Headers.RetryAfter = retryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return SendErrorAsync(
            context,
            StatusCodes.Status429TooManyRequests,
            $"Too many wrong tokens came from there, or in all: try again in {retryAfter} s."
        );
    }

    public static async Task SendAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer, type), context.RequestAborted);
    }

    private static void Prepare(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        // For who opens such an address in a browser: there is nothing in it to be shown, run or framed.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestBody;
    }

    private Task GuardAsync(HttpContext context, RequestDelegate handle)
    {
        Prepare(context);
        var shown = keys.Find(context);
        if (shown.RetryAfter is { } seconds)
            return SendTooManyAsync(context, seconds);
        if (shown.By is not { } by)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"spillway\"";
            return SendErrorAsync(
                context,
                StatusCodes.Status401Unauthorized,
                "This is for the operator: send the admin token as 'Authorization: Bearer TOKEN'."
            );
        }
        // No page can make a browser send the token: only what it sends by itself needs more.
        if (by != SessionState.ByToken && PageRequest.Refusal(context.Request, keys.PublicOrigin) is { } refusal)
            return SendErrorAsync(context, StatusCodes.Status403Forbidden, refusal);
        return handle(context);
    }
}

/// <param name="Error">What is wrong, in words.</param>
internal sealed record ApiError(string Error);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ApiError))]
internal sealed partial class AdminJson : JsonSerializerContext;
