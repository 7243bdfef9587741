using Spillway.Configuration;
using Spillway.Sources;
using Spillway.Tests.Sources.Hls;
using Spillway.Timeline;

namespace Spillway.Tests.Sources;

public sealed class PublishKeysTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_stream_without_a_key_gets_one_that_stays_the_same_and_nobody_else_may_read()
    {
        var key = PublishKeys.Open(Options("")).Of("live")!;
        Assert.Equal(24, key.Length);
        Assert.Equal(key, PublishKeys.Open(Options("")).Of("live"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder[PublishKeys.FileName]));
    }

    [Fact]
    public void A_key_of_the_settings_leaves_no_file()
    {
        var keys = PublishKeys.Open(Options("key-of-the-settings"));
        Assert.Equal("live", keys.StreamOf("key-of-the-settings"));
        Assert.Null(keys.StreamOf("key-of-the-setting"));
        Assert.Null(keys.StreamOf(""));
        Assert.True(keys.Opens("live", "key-of-the-settings"));
        Assert.False(keys.Opens("other", "key-of-the-settings"));
        Assert.False(File.Exists(_folder[PublishKeys.FileName]));
    }

    [Fact]
    public void A_file_of_keys_that_is_broken_is_named()
    {
        File.WriteAllText(_folder[PublishKeys.FileName], "{ \"live\": ");
        var exception = Assert.Throws<SecretFileException>(() => PublishKeys.Open(Options("")));
        Assert.Contains(PublishKeys.FileName, exception.Message, StringComparison.Ordinal);
        Assert.Contains("remove it", exception.Message, StringComparison.Ordinal);
    }

    private SpillwayOptions Options(string key)
    {
        var options = new SpillwayOptions { Data = _folder.Path };
        options.Streams["live"] = new StreamOptions { Source = StreamOptions.Rtmp, Key = key };
        options.Streams["followed"] = new StreamOptions { Source = "/srv/hls" };
        return options;
    }
}
