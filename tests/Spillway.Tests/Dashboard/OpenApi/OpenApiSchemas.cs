using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Spillway.Tests.Dashboard.OpenApi;

/// <summary>Schemas (JSON Schema 2020-12, as OpenAPI 3.1 has it) of what the serializer writes, one a record.</summary>
internal sealed class OpenApiSchemas(DocComments comments)
{
    /// <summary>Members that are text and have only so many values.</summary>
    private static readonly Dictionary<string, string[]> s_words = new(StringComparer.Ordinal)
    {
        ["StreamPicture.state"] = ["offline", "live", "slate", "ended", "standby"],
        ["SourcePicture.kind"] = ["hls", "folder", "rtmp", "push"],
        ["SourcePicture.state"] = ["live", "late", "away", "starting", "waiting"],
        ["EntryPicture.state"] = ["listed", "stored", "waiting"],
        ["WriterPicture.role"] = ["writer", "standby"],
        ["ServerStatus.health"] = ["ok", "degraded", "down"],
        ["StoreStatus.kind"] = ["embedded", "bucket"],
        ["FaultPicture.kind"] = ["store", "source", "superseded", "spool", "upload"],
        ["AdvicePicture.kind"] = ["peers", "source", "store", "bandwidth", "slate"],
        ["PublishPicture.kind"] = ["rtmp", "push"],
        ["MoneyLine.what"] = ["classA", "classB", "viewerReads", "storage", "egress"],
        ["MoneyLine.unit"] = ["operations", "GB", "GB-months"],
        ["WindowReport.mode"] = ["off", "fixed", "adaptive"],
        ["SessionState.by"] = ["cookie", "token", "loopback"],
        ["BroadcastReport.state"] = ["onAir", "ended"],
        ["BroadcastSummary.state"] = ["onAir", "ended", "unreadable"],
        ["SlateState.state"] = ["offline", "live", "slate", "ended", "standby"],
        ["EndState.state"] = ["offline", "live", "slate", "ended", "standby"],
    };

    public JsonObject Components { get; } = [];

    public JsonObject Reference(JsonTypeInfo type)
    {
        var name = type.Type.Name;
        if (!Components.ContainsKey(name))
        {
            // First its place: it may hold itself.
            Components[name] = null;
            Components[name] = Describe(type);
        }
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private JsonObject Describe(JsonTypeInfo type)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        // Where null is not written a member that may be null may be missing.
        var leavesOut = type.Options.DefaultIgnoreCondition == JsonIgnoreCondition.WhenWritingNull;
        foreach (var property in type.Properties.Where(static property => property.Get is not null))
        {
            var isNullable = property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null;
            var schema = Of(property.PropertyType, type.Options);
            if (s_words.TryGetValue($"{type.Type.Name}.{property.Name}", out var words))
                schema["enum"] = new JsonArray([.. words.Select(static word => (JsonNode)word)]);
            if (isNullable && !leavesOut)
                schema = OrNull(schema);
            if (comments.Of(type.Type, NameInSource(type.Type, property.Name)) is { } said)
                schema["description"] = said;
            properties[property.Name] = schema;
            if (property.IsRequired || !(isNullable && leavesOut))
                required.Add((JsonNode)property.Name);
        }
        var described = new JsonObject { ["type"] = "object" };
        if (comments.Of(type.Type) is { } words2)
            described["description"] = words2;
        described["properties"] = properties;
        described["required"] = required;
        described["additionalProperties"] = false;
        return described;
    }

    private JsonObject Of(Type declared, System.Text.Json.JsonSerializerOptions options)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
            return new JsonObject { ["type"] = "string" };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        if (type == typeof(int) || type == typeof(long))
            return new JsonObject { ["type"] = "integer", ["format"] = type == typeof(int) ? "int32" : "int64" };
        if (type == typeof(double))
            return new JsonObject { ["type"] = "number", ["format"] = "double" };
        if (type == typeof(DateTimeOffset))
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (type.IsEnum)
            return new JsonObject
            {
                ["type"] = "string",
                ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(static name => (JsonNode)name.ToLowerInvariant())]),
            };
        var info = options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Of(info.ElementType!, options) },
            JsonTypeInfoKind.Dictionary => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = Of(info.ElementType!, options),
            },
            JsonTypeInfoKind.Object => Reference(info),
            _ => throw new NotSupportedException($"No schema is known for {type}."),
        };
    }

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema["type"]?.GetValue<string>() is not { } type)
            return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        schema["type"] = new JsonArray(type, "null");
        (schema["enum"] as JsonArray)?.Add((JsonNode?)null);
        return schema;
    }

    private static string NameInSource(Type type, string name) =>
        type.GetProperties().FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name ?? name;
}
