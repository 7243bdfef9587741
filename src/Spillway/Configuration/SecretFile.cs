namespace Spillway.Configuration;

/// <summary>A file of secrets in the data folder, which only this user may read.</summary>
internal static class SecretFile
{
    /// <summary>Writes it whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.new";
        // Nobody else may read it at any moment: a file that is there already would keep its own permissions.
        File.Delete(temporary);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, create))
            file.Write(content);
        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>Secrets cannot be kept or read back; the message names the file and the remedy.</summary>
internal sealed class SecretFileException(string message) : Exception(message);
