using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Spillway.Admin;
using Spillway.Tests.Admin;

namespace Spillway.Tests.Dashboard.OpenApi;

/// <summary>The document says what there is, and what there is is as it says.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    /// <summary><c>make docs</c> sets it: then the file is written.</summary>
    private static readonly bool s_writes = Environment.GetEnvironmentVariable("WRITE_DOCS") == "1";

    private static readonly JsonObject s_document = OpenApiDocument.Make();
    private static readonly SchemaCheck s_check = new(s_document);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private RunningServer _server = null!;
    private Operator _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(static options =>
        {
            options.Admin.Token = Operator.Token;
            options.Streams["live"].Slate = "";
            options.Streams["live"].Replay.Keep = TimeSpan.FromHours(1);
            options.Streams["obs"] = new Spillway.Timeline.StreamOptions { Source = "rtmp", Slate = "none" };
        });
        _operator = new Operator(_server) { Shown = Operator.Token };
    }

    public ValueTask DisposeAsync()
    {
        _operator.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task The_document_that_the_binary_carries_is_of_this_source()
    {
        var made = OpenApiDocument.Write(s_document);
        var file = Path.Combine(Root(), "src", "Spillway", "Dashboard", "openapi.json");
        if (s_writes)
            await File.WriteAllTextAsync(file, made);
        Assert.True(made == await File.ReadAllTextAsync(file), "The API has changed. Run: make docs");
    }

    [Fact]
    public void Every_member_and_every_schema_says_what_it_is()
    {
        // Where the name says all there is no comment; a schema of which nothing is said is one whose comment was not found.
        var silent = s_document["components"]!["schemas"]!
            .AsObject()
            .Where(static schema =>
                schema.Value!["description"] is null
                && !schema.Value["properties"]!.AsObject().Any(static member => member.Value!["description"] is not null)
            )
            .Select(static schema => schema.Key);
        Assert.Equal(["RenditionAudience", "SlateWish"], silent.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_route_is_in_it_and_no_other()
    {
        var routes = _server
            .Service<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(static route => route.RoutePattern.RawText!.StartsWith(AdminDoor.Root, StringComparison.Ordinal))
            .SelectMany(static route =>
                route
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText}")
            );
        Assert.Equal(
            OpenApiPaths.All.Select(static o => $"{o.Method} {AdminDoor.Root}{o.Path}").Order(StringComparer.Ordinal),
            routes.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Every_answer_of_a_server_on_air_is_as_it_says()
    {
        await _server.GoOnAirAsync();
        await Until.TrueAsync(() => _server.Stream.OnAir?.HasSlate == true, () => $"the slate is there: {_server.Stream.Status}");
        var broadcast = _server.Stream.Status.Broadcast!;
        await AskAsync("GET", "/status", 200);
        await AskAsync("GET", "/log", 200);
        await AskAsync("GET", "/log", 400, query: "?limit=x");
        await AskAsync("GET", "/openapi.json", 200);
        await AskAsync("GET", "/streams/{stream}/audience", 200);
        await AskAsync("GET", "/streams/{stream}/audience", 404, stream: "none");
        await AskAsync("GET", "/streams/{stream}/window", 200);
        await AskAsync("GET", "/streams/{stream}/window", 404, stream: "obs");
        await AskAsync("GET", "/streams/{stream}/sweep", 200);
        await AskAsync("POST", "/streams/{stream}/sweep", 200);
        await AskAsync("POST", "/streams/{stream}/sweep", 400, query: "?dryRun=x");
        await UntilAsync("GET", "/streams/{stream}/broadcasts/{id}", broadcast);
        await AskAsync("GET", "/streams/{stream}/broadcasts/{id}", 404, "none");
        await AskAsync("GET", "/streams/{stream}/broadcasts", 200);
        await AskAsync("GET", "/streams/{stream}/broadcasts", 400, query: "?limit=0");

        await AskAsync("POST", "/streams/{stream}/slate", 200);
        await AskAsync("POST", "/streams/{stream}/slate", 400, body: "[]");
        await AskAsync("POST", "/streams/{stream}/slate", 413, body: new string(' ', 5000));
        await AskAsync("DELETE", "/streams/{stream}/slate", 200);
        await AskAsync("DELETE", "/streams/{stream}/slate", 409, stream: "obs");
        await AskAsync("PUT", "/streams/{stream}/p2p", 200, body: """{"on":false}""");
        await AskAsync("PUT", "/streams/{stream}/p2p", 400, body: "{}");
        await AskAsync("PUT", "/streams/{stream}/p2p", 404, stream: "none", body: """{"on":true}""");
        await AskAsync("POST", "/streams/{stream}/key", 200, stream: "obs");
        await AskAsync("POST", "/streams/{stream}/key", 409);
        await AskAsync("DELETE", "/streams/{stream}/replays/{broadcast}", 409, broadcast);
        await AskAsync("DELETE", "/streams/{stream}/replays/{broadcast}", 404, "none");
        await AskAsync("POST", "/streams/{stream}/end", 200);
        await AskAsync("POST", "/streams/{stream}/end", 409);
        await UntilAsync("GET", "/streams/{stream}/replays/{broadcast}/file", broadcast, "?dryRun=true");
        await AskAsync("GET", "/streams/{stream}/replays/{broadcast}/file", 400, broadcast, query: "?dryRun=x");
        await AskAsync("GET", "/streams/{stream}/replays/{broadcast}/file", 404, "none");
        await UntilAsync("DELETE", "/streams/{stream}/replays/{broadcast}", broadcast);
        await UntilAsync("DELETE", "/streams/{stream}/broadcasts/{id}", broadcast);
        await AskAsync("DELETE", "/streams/{stream}/broadcasts/{id}", 404, broadcast);
        await AskAsync("GET", "/streams/{stream}/replays", 200);
        await AskAsync("DELETE", "/streams/{stream}/end", 200);
        await AskAsync("GET", "/log", 200);
        await AskAsync("GET", "/status", 200);
        await CheckEventsAsync();

        _operator.Shown = null;
        foreach (var operation in OpenApiPaths.All.Where(static operation => !operation.IsOpen))
            await AskAsync(operation.Method, operation.Path, 401);
        await AskAsync("POST", "/session", 400);
        await AskAsync("POST", "/session", 401, body: """{"token":"wrong-wrong-wrong"}""");
        await AskAsync("POST", "/session", 413, body: new string(' ', 5000));
        await AskAsync("POST", "/session", 200, body: $$"""{"token":"{{Operator.Token}}"}""");
        await _operator.SignInAsync();
        await AskAsync("GET", "/session", 200);
        _operator.IsPage = false;
        await AskAsync("PUT", "/streams/{stream}/p2p", 403);
        _operator.IsPage = true;
        await AskAsync("DELETE", "/session", 204);

        var good = OpenApiPaths.All.SelectMany(static o =>
            o.Answers.Where(static answer => answer.Status < 300).Select(answer => $"{o.Method} {o.Path} {answer.Status}")
        );
        Assert.Equal([], good.Except(_seen, StringComparer.Ordinal));
    }

    /// <summary>Asks, and holds the answer against what is said of it.</summary>
    private async Task AskAsync(
        string method,
        string path,
        int status,
        string id = "20261122T190501Z-7f3a",
        string stream = "live",
        string? body = null,
        string query = ""
    )
    {
        var address = Fill(path, id, stream) + query;
        var (answer, text) = await _operator.AskAsync(new HttpMethod(method), AdminDoor.Root + address, body);
        Assert.True((int)answer.StatusCode == status, $"{method} {address}: {(int)answer.StatusCode} {text}");
        Check(method, path, status, text, answer.Content.Headers.ContentType?.MediaType);
    }

    private async Task UntilAsync(string method, string path, string id, string query = "")
    {
        await Until.TrueAsync(
            async () =>
            {
                var (answer, text) = await _operator.AskAsync(
                    new HttpMethod(method),
                    AdminDoor.Root + Fill(path, id, "live") + query
                );
                if (answer.StatusCode != HttpStatusCode.OK)
                    return false;
                Check(method, path, 200, text, answer.Content.Headers.ContentType?.MediaType);
                return true;
            },
            () => $"{method} {path} answers"
        );
    }

    private void Check(string method, string path, int status, string text, string? type)
    {
        var response = s_document["paths"]![AdminDoor.Root + path]![method.ToLowerInvariant()]!["responses"]![$"{status}"];
        Assert.True(response is not null, $"{method} {path} is not said to answer {status}");
        _seen.Add($"{method} {path} {status}");
        if (response["content"] is not JsonObject content)
        {
            Assert.Equal("", text);
            return;
        }
        Assert.Contains(type, content.Select(static one => one.Key));
        if (content[type!]!["schema"] is { } schema)
            Assert.Equal([], s_check.Problems(JsonNode.Parse(text), schema));
    }

    private async Task CheckEventsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_server.Port}{AdminDoor.Root}/events");
        request.Headers.Add("Authorization", $"Bearer {Operator.Token}");
        using var reader = await SseReader.OpenAsync(_server.Client, request);
        foreach (var (kind, schema) in ((string, string)[])[("status", "StatusDocument"), ("log", "OperatorEvent")])
            Assert.Equal(
                [],
                s_check.Problems(
                    JsonNode.Parse((await reader.NextAsync(kind)).Data),
                    new JsonObject { ["$ref"] = $"#/components/schemas/{schema}" }
                )
            );
        Assert.Equal("text/event-stream", reader.Answer.Content.Headers.ContentType!.MediaType);
        _seen.Add("GET /events 200");
    }

    private static string Fill(string path, string id, string stream) =>
        path.Replace("{stream}", stream, StringComparison.Ordinal)
            .Replace("{id}", id, StringComparison.Ordinal)
            .Replace("{broadcast}", id, StringComparison.Ordinal);

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../.."));
}
