using System.Text.Json.Serialization;

namespace Spillway.Configuration;

/// <summary>
/// The options' properties without reflection. They are not read by the serializer, whose errors stop at the first and cannot
/// name the setting; <see cref="SettingsBinder"/> walks this description, so that a new property is a new setting.
/// </summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(SpillwayOptions))]
internal sealed partial class ConfigurationJsonContext : JsonSerializerContext;
