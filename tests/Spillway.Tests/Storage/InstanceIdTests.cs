using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class InstanceIdTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-instance-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_the_same_after_a_restart()
    {
        string first;
        using (var id = InstanceId.Open(Path.Combine(_folder, "new")))
            first = id.Value;
        Assert.Matches("^[0-9a-f]{8}$", first);
        using var again = InstanceId.Open(Path.Combine(_folder, "new"));
        Assert.Equal(first, again.Value);
    }

    [Fact]
    public void A_second_process_in_the_same_folder_has_another_one_for_this_time()
    {
        using var first = InstanceId.Open(_folder);
        string other;
        using (var second = InstanceId.Open(_folder))
            other = second.Value;
        Assert.NotEqual(first.Value, other);
        first.Dispose();
        using var again = InstanceId.Open(_folder);
        Assert.Equal(first.Value, again.Value);
    }

    [Theory]
    [InlineData("{\"id\":\"")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"\"}")]
    [InlineData("")]
    public void A_file_that_a_crash_left_half_written_is_made_anew(string content)
    {
        File.WriteAllText(Path.Combine(_folder, "instance.json"), content);
        string made;
        using (var id = InstanceId.Open(_folder))
            made = id.Value;
        using var again = InstanceId.Open(_folder);
        Assert.Equal(made, again.Value);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_fault()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        using var id = InstanceId.Open(Path.Combine(_folder, "file", "data"));
        Assert.Matches("^[0-9a-f]{8}$", id.Value);
    }
}
