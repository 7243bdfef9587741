using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Spillway.Admin;
using Spillway.Dashboard;

namespace Spillway.Tests.Dashboard.OpenApi;

/// <summary>The document of the operator's API, made of its paths, of what the serializer writes, and of what the sources say.</summary>
internal static partial class OpenApiDocument
{
    private static readonly JsonWriterOptions s_indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonObject Make()
    {
        var schemas = new OpenApiSchemas(new DocComments());
        var paths = new JsonObject();
        foreach (var operation in OpenApiPaths.All)
        {
            var path = AdminDoor.Root + operation.Path;
            if (paths[path] is not JsonObject methods)
                paths[path] = methods = [];
            methods[operation.Method.ToLowerInvariant()] = Describe(operation, schemas);
        }
        // Told of by the events.
        schemas.Reference(LogJson.Default.OperatorEvent);
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Spillway: the operator's API",
                ["version"] = "1",
                ["description"] =
                    "Times are ISO 8601 in UTC, durations seconds unless a name ends in Ms, bytes bytes, bit rates bits per second. null is "
                    + "\"not known\" or \"there is none\", never 0. Members may be added.",
            },
            ["security"] = new JsonArray(
                new JsonObject { ["token"] = new JsonArray() },
                new JsonObject { ["cookie"] = new JsonArray() }
            ),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["description"] = "The admin token: the setting Admin:Token, else in admin-token in the data folder.",
                    },
                    ["cookie"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "cookie",
                        ["name"] = AdminKeys.Cookie,
                        ["description"] =
                            $"From POST /api/v1/session. With it every other method than GET needs the header `{PageRequest.Header}: {PageRequest.Value}`, "
                            + "and Sec-Fetch-Site or Origin of this server itself.",
                    },
                },
                ["schemas"] = Sorted(schemas.Components),
            },
        };
    }

    public static string Write(JsonObject document)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_indented))
            document.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static JsonObject Describe(OpenApiOperation operation, OpenApiSchemas schemas)
    {
        var described = new JsonObject
        {
            ["operationId"] = IdOf(operation),
            ["tags"] = new JsonArray(operation.Group),
            ["summary"] = operation.Summary,
        };
        if (operation.Description is { } more)
            described["description"] = more;
        if (operation.IsOpen)
            described["security"] = new JsonArray();
        var parameters = new JsonArray();
        foreach (Match name in RouteValue().Matches(operation.Path))
            parameters.Add(
                (JsonNode)Parameter(name.Groups[1].Value, "path", "string", OfRoute(name.Groups[1].Value), isRequired: true)
            );
        foreach (var parameter in operation.Parameters)
            parameters.Add((JsonNode)Parameter(parameter.Name, parameter.In, parameter.Type, parameter.What, isRequired: false));
        if (parameters.Count > 0)
            described["parameters"] = parameters;
        if (operation.Body is { } body)
            described["requestBody"] = new JsonObject
            {
                ["required"] = !operation.BodyIsOptional,
                ["content"] = Content("application/json", schemas.Reference(body)),
            };
        var responses = new JsonObject();
        foreach (var answer in All(operation).OrderBy(static answer => answer.Status))
        {
            var response = new JsonObject { ["description"] = answer.What };
            if (answer.ContentType is { } type)
                response["content"] = Content(type, answer.Type is { } info ? schemas.Reference(info) : null);
            if (answer.OrContentType is { } other)
                response["content"]![other] = new JsonObject();
            responses[answer.Status.ToString(CultureInfo.InvariantCulture)] = response;
        }
        described["responses"] = responses;
        return described;
    }

    /// <summary>Its own, and what the door says.</summary>
    private static IEnumerable<OpenApiAnswer> All(OpenApiOperation operation)
    {
        if (operation.IsOpen)
            return operation.Answers;
        var door = new List<OpenApiAnswer>
        {
            new(401, "Neither token nor cookie.", AdminJson.Default.ApiError),
            new(429, "Too many wrong tokens came from this address, or in all: see Retry-After.", AdminJson.Default.ApiError),
        };
        if (operation.Method != "GET")
            door.Add(new(403, "With the cookie, and not from our own page.", AdminJson.Default.ApiError));
        return operation.Answers.Concat(door);
    }

    private static JsonObject Content(string type, JsonObject? schema) =>
        new() { [type] = schema is null ? [] : new JsonObject { ["schema"] = schema } };

    private static JsonObject Parameter(string name, string place, string type, string what, bool isRequired) =>
        new()
        {
            ["name"] = name,
            ["in"] = place,
            ["required"] = isRequired,
            ["description"] = what,
            ["schema"] = new JsonObject { ["type"] = type },
        };

    private static string OfRoute(string name) => name == "stream" ? "Name of a live stream." : "Id of a broadcast.";

    /// <summary>Such as <c>postStreamSlate</c>.</summary>
    private static string IdOf(OpenApiOperation operation) =>
        operation.Method.ToLowerInvariant()
        + string.Concat(
            operation
                .Path.Split('/', StringSplitOptions.RemoveEmptyEntries)
                .Where(static part => part != "streams")
                .Select(static part => part.Trim('{', '}').Replace(".json", "", StringComparison.Ordinal))
                .Select(static part => char.ToUpperInvariant(part[0]) + part[1..])
        );

    private static JsonObject Sorted(JsonObject schemas) =>
        new(
            schemas
                .OrderBy(static schema => schema.Key, StringComparer.Ordinal)
                .Select(static schema => KeyValuePair.Create(schema.Key, schema.Value?.DeepClone()))
        );

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex RouteValue();
}
