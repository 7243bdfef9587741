using System.Text.Json.Serialization;

namespace Spillway.Tests.Tracker;

[JsonSerializable(typeof(string))]
internal sealed partial class Json : JsonSerializerContext;
