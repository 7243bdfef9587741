using System.Text.Json.Serialization.Metadata;

namespace Spillway.Tests.Dashboard.OpenApi;

/// <summary>One thing that can be asked of the operator's API.</summary>
/// <param name="Path">Below <c>/api/v1</c>.</param>
/// <param name="Group">A word for documents that sort by it.</param>
/// <param name="Summary">One line.</param>
/// <param name="Answers">What may come, but for what the door itself says.</param>
internal sealed record OpenApiOperation(string Method, string Path, string Group, string Summary, params OpenApiAnswer[] Answers)
{
    /// <summary>More, where one line is not enough.</summary>
    public string? Description { get; init; }

    public JsonTypeInfo? Body { get; init; }

    /// <summary>An empty body will do.</summary>
    public bool BodyIsOptional { get; init; }

    /// <summary>Query and header parameters.</summary>
    public IReadOnlyList<OpenApiParameter> Parameters { get; init; } = [];

    /// <summary>Anybody may ask.</summary>
    public bool IsOpen { get; init; }
}

/// <param name="Status">HTTP status.</param>
/// <param name="What">When it comes.</param>
/// <param name="Type">Null: none, or not JSON.</param>
internal sealed record OpenApiAnswer(int Status, string What, JsonTypeInfo? Type = null)
{
    public string? ContentType { get; init; } = Type is null ? null : "application/json";

    /// <summary>What else may come, which is not JSON.</summary>
    public string? OrContentType { get; init; }
}

/// <param name="In"><c>query</c> or <c>header</c>.</param>
/// <param name="Type"><c>string</c>, <c>integer</c> or <c>boolean</c>.</param>
internal sealed record OpenApiParameter(string Name, string In, string Type, string What);
