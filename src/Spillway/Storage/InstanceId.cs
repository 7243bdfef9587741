using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Storage;

/// <summary>
/// This instance's id in the lease, kept in the data folder, so that it knows its own lease after a restart. The file is locked while the
/// process lives: of two processes with one data folder, the second has an id for this time only.
/// </summary>
internal sealed class InstanceId : IDisposable
{
    private const string FileName = "instance.json";
    private readonly FileStream? _file;

    private InstanceId(string value, FileStream? file) => (Value, _file) = (value, file);

    /// <summary>8 hex digits.</summary>
    public string Value { get; }

    /// <summary>A folder that cannot be written is no fault: then a restart waits for its own lease to expire.</summary>
    public static InstanceId Open(string dataFolder)
    {
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(dataFolder);
            // FileShare.None is a lock that the kernel drops when the process ends, however it ends.
            file = new FileStream(
                Path.Combine(dataFolder, FileName),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
            if (Read(file) is { } kept)
                return new InstanceId(kept, file);
            var made = Lease.NewId();
            file.SetLength(0);
            JsonSerializer.Serialize(file, new InstanceDocument(made), InstanceJson.Default.InstanceDocument);
            file.Flush(flushToDisk: true);
            return new InstanceId(made, file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return new InstanceId(Lease.NewId(), null);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Null for a new file, and for one that a crash has left half-written.</summary>
    private static string? Read(FileStream file)
    {
        try
        {
            var id = file.Length > 0 ? JsonSerializer.Deserialize(file, InstanceJson.Default.InstanceDocument)?.Id : null;
            return id is { Length: > 0 and <= 64 } ? id : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record InstanceDocument(string Id);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(InstanceDocument))]
internal sealed partial class InstanceJson : JsonSerializerContext;
