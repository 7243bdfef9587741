namespace Spillway.Tests.Retention;

/// <summary>Old scripts and styles of the player page.</summary>
public sealed class PageAssetsTests
{
    private const string Old = "watch/assets/index-AAAAAAA1.js";
    private const string New = "watch/assets/index-BBBBBBB2.js";
    private const string Part = "watch/assets/hls-CCCCCCC3.js";
    private const string Theirs = "watch/assets/logo.png";

    private readonly SweptStream _stream = new() { Pages = new HashSet<string>() };

    public PageAssetsTests()
    {
        _stream.PutBroadcast(SweptStream.Now, 1_000_000, 1_000_010, 1_000_004);
        _stream.PutMultivariant(SweptStream.Now);
        foreach (var key in (string[])[Old, Part, Theirs])
            _stream.Store.Put(key);
        _stream.Store.Put(New, "import('./hls-CCCCCCC3.js')");
        _stream.Store.Put("watch/index.html", "<script src=\"assets/index-AAAAAAA1.js\">");
    }

    [Fact]
    public async Task What_the_page_does_not_name_any_more_stays_for_a_week()
    {
        await DaysAsync(2);
        // The new one and its part are not named yet: it may be on its way.
        _stream.Store.Put("watch/index.html", "<script src=\"assets/index-BBBBBBB2.js\">");
        await DaysAsync(7);
        Assert.Contains(Old, _stream.Keys);
        await DaysAsync(2);
        Assert.DoesNotContain(Old, _stream.Keys);
        await DaysAsync(10);
        Assert.Contains(New, _stream.Keys);
        Assert.Contains(Part, _stream.Keys);
        Assert.Contains(Theirs, _stream.Keys);
        Assert.Contains("watch/index.html", _stream.Keys);
    }

    [Fact]
    public async Task What_only_the_element_for_other_sites_names_stays()
    {
        _stream.Store.Put("watch/spillway-player.js", "import('./assets/hls-CCCCCCC3.js')");
        await DaysAsync(20);
        Assert.Contains(Part, _stream.Keys);
        Assert.DoesNotContain(New, _stream.Keys);
    }

    [Fact]
    public async Task One_that_is_named_again_begins_anew()
    {
        _stream.Store.Put("watch/index.html", "<script src=\"assets/index-BBBBBBB2.js\">");
        await DaysAsync(6);
        _stream.Store.Put("watch/index.html", "<script src=\"assets/index-AAAAAAA1.js\">");
        await DaysAsync(2);
        _stream.Store.Put("watch/index.html", "<script src=\"assets/index-BBBBBBB2.js\">");
        await DaysAsync(6);
        Assert.Contains(Old, _stream.Keys);
    }

    [Fact]
    public async Task What_this_program_carries_stays_whatever_the_stored_page_says()
    {
        _stream.Pages = new HashSet<string> { "assets/index-AAAAAAA1.js" };
        _stream.Store.Put("watch/index.html", "<script src=\"assets/index-BBBBBBB2.js\">");
        await DaysAsync(20);
        Assert.Contains(Old, _stream.Keys);
    }

    [Theory]
    [InlineData("watch/index.html")]
    [InlineData(New)]
    public async Task Without_the_page_and_what_it_names_nothing_goes(string unreadable)
    {
        _stream.Store.Put("watch/index.html", "<script src=\"assets/index-BBBBBBB2.js\">");
        await DaysAsync(1);
        _stream.Store.Unreadable = key => key == unreadable;
        await DaysAsync(20);
        Assert.Contains(Old, _stream.Keys);
        Assert.Contains(Part, _stream.Keys);
    }

    [Fact]
    public async Task They_are_listed_once_a_day_and_by_one_stream_only()
    {
        var lists = 0;
        _stream.Store.Before = (call, key) =>
        {
            lists += call == "LIST" && key.StartsWith("watch/", StringComparison.Ordinal) ? 1 : 0;
            return Task.CompletedTask;
        };
        for (var hour = 0; hour < 48; hour++)
        {
            await _stream.SweepAsync();
            _stream.Pass(1);
        }
        Assert.Equal(2, lists);
        _stream.Pages = null;
        await DaysAsync(3);
        Assert.Equal(2, lists);
    }

    private async Task DaysAsync(int days)
    {
        for (var day = 0; day < days; day++)
        {
            _stream.Pass(24.1);
            await _stream.SweepAsync();
        }
    }
}
