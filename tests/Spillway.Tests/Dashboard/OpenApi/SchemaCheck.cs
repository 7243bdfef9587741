using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spillway.Tests.Dashboard.OpenApi;

/// <summary>Holds a value against a schema, with as much of JSON Schema as the document uses.</summary>
internal sealed class SchemaCheck(JsonObject document)
{
    private static readonly HashSet<string> s_known =
    [
        "$ref",
        "additionalProperties",
        "anyOf",
        "description",
        "enum",
        "format",
        "items",
        "properties",
        "required",
        "type",
    ];

    /// <summary>What is wrong; empty: nothing.</summary>
    public IReadOnlyList<string> Problems(JsonNode? value, JsonNode schema) => [.. Check(value, schema.AsObject(), "$")];

    private IEnumerable<string> Check(JsonNode? value, JsonObject schema, string at)
    {
        if (schema.FirstOrDefault(static keyword => !s_known.Contains(keyword.Key)).Key is { } unknown)
            throw new NotSupportedException($"The check does not know '{unknown}'.");
        if (schema["$ref"] is { } reference)
            return Check(value, Find(reference.GetValue<string>()), at);
        if (schema["anyOf"] is JsonArray choices)
            return choices.Any(choice => !Check(value, choice!.AsObject(), at).Any())
                ? []
                : [.. Check(value, choices[0]!.AsObject(), at)];
        if (!Types(schema).Any(type => Is(value, type)))
            return [$"{at} is {value?.ToJsonString() ?? "null"}, no {string.Join(" or ", Types(schema))}"];
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value)))
            return [$"{at} is {value?.ToJsonString()}, none of {words.ToJsonString()}"];
        return value switch
        {
            JsonObject members => CheckMembers(members, schema, at),
            JsonArray items => items.SelectMany((item, i) => Check(item, schema["items"]!.AsObject(), $"{at}[{i}]")),
            JsonValue text when schema["format"]?.GetValue<string>() == "date-time" => CheckDate(text, at),
            _ => [],
        };
    }

    private IEnumerable<string> CheckMembers(JsonObject members, JsonObject schema, string at)
    {
        var properties = schema["properties"] as JsonObject ?? [];
        foreach (var name in schema["required"] as JsonArray ?? [])
        {
            if (!members.ContainsKey(name!.GetValue<string>()))
                yield return $"{at}.{name} is missing";
        }
        foreach (var (name, value) in members)
        {
            if (properties[name] is JsonObject property)
            {
                foreach (var problem in Check(value, property, $"{at}.{name}"))
                    yield return problem;
            }
            else
            {
                yield return $"{at}.{name} is not described";
            }
        }
    }

    private static IEnumerable<string> CheckDate(JsonValue text, string at) =>
        DateTimeOffset.TryParse(text.GetValue<string>(), CultureInfo.InvariantCulture, out _) ? [] : [$"{at} is no time"];

    private static IEnumerable<string> Types(JsonObject schema) =>
        schema["type"] is JsonArray several
            ? several.Select(static type => type!.GetValue<string>())
            : [schema["type"]!.GetValue<string>()];

    private static bool Is(JsonNode? value, string type) =>
        (type, value?.GetValueKind()) switch
        {
            ("null", null or JsonValueKind.Null) => true,
            ("string", JsonValueKind.String) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
            ("integer", JsonValueKind.Number) => !value!.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E'),
            _ => false,
        };

    private JsonObject Find(string reference) =>
        reference
            .Split('/')
            .Skip(1)
            .Aggregate((JsonNode)document, static (node, part) => node[part] ?? throw new KeyNotFoundException(part))
            .AsObject();
}
