using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spillway.Dashboard;

namespace Spillway.Tests.Dashboard;

public class StatusDocumentTests
{
    private static readonly byte[] s_sample = File.ReadAllBytes(Path.Combine(Folder(), "status.sample.json"));

    [Fact]
    public void The_sample_is_a_whole_status_and_nothing_else()
    {
        var status = JsonSerializer.Deserialize(s_sample, StatusJson.Default.StatusDocument)!;

        Assert.Equal(["live", "side"], status.Streams.Select(static stream => stream.Name));
    }

    [Fact]
    public void The_sample_holds_every_member_so_that_its_reader_has_seen_all()
    {
        var status = JsonSerializer.Deserialize(s_sample, StatusJson.Default.StatusDocument)!;
        var written = JsonSerializer.SerializeToNode(status, StatusJson.Default.StatusDocument);

        Assert.Equal(Members(written, "$").Order(), Members(JsonNode.Parse(s_sample), "$").Order());
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private static IEnumerable<string> Members(JsonNode? node, string at) =>
        node switch
        {
            JsonObject known => known.SelectMany(member => Members(member.Value, $"{at}.{member.Key}")).Append(at),
            JsonArray list => list.SelectMany((item, index) => Members(item, $"{at}[{index}]")),
            _ => [at],
        };
}
