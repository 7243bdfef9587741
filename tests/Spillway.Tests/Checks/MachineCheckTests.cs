using System.Net;
using System.Net.Sockets;
using Spillway.Checks;
using Spillway.Configuration;
using Spillway.Slate;
using Spillway.Storage;
using Spillway.Tests.Sources.Hls;
using Spillway.TestSupport;
using Spillway.Timeline;

namespace Spillway.Tests.Checks;

/// <summary>What this machine may lack.</summary>
public sealed class MachineCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SpillwayOptions _options = Checked.Options();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public MachineCheckTests() => _options.Data = _folder["data"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_machine_that_is_well_has_no_fault_and_nothing_is_made_on_it()
    {
        var found = await Checked.RunAsync(_options);
        Assert.Empty(found.Trouble());
        found.AssertSaid(MachineFindings.Disk, "free");
        found.AssertSaid(MachineFindings.Ports, "is free");
        found.AssertSaid(StoreFindings.Works, "at the first start");
        found.AssertSaid(EdgeFindings.NotTried, "does not run");
        found.AssertSaid(TrackerFindings.Off, "P2P is off");
        found.AssertSaid(SourceFindings.Key, "Key of the settings");
        Assert.False(Directory.Exists(_options.Data));
    }

    [Fact]
    public async Task An_embedded_store_that_is_there_is_tried()
    {
        using (new EmbeddedObjectStore(_options.Data, TimeProvider.System)) { }
        (await Checked.RunAsync(_options)).AssertSaid(StoreFindings.Works, "takes, gives back and deletes");
    }

    [Fact]
    public async Task A_data_folder_that_somebody_else_holds_is_found()
    {
        using var other = new EmbeddedObjectStore(_options.Data, TimeProvider.System);
        var found = await Checked.RunAsync(_options);
        found.AssertOnly(StoreFindings.InUse, null, _options.Data, "--data");
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_found()
    {
        _folder.Write("file", "no folder");
        _options.Data = _folder["file/data"];
        var found = await Checked.RunAsync(_options);
        // Below a file even root can make nothing.
        found.AssertOnly(MachineFindings.NotWritable, "machine", _options.Data, "--data");
    }

    [Fact]
    public async Task A_disk_that_is_smaller_than_the_spool_is_found()
    {
        _options.Storage.Spool = new ByteSize(long.MaxValue);
        var found = await Checked.RunAsync(_options);
        found.AssertOnly(MachineFindings.DiskSmall, null, "free", "Storage.Spool");
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_found()
    {
        using var other = new TcpListener(IPAddress.IPv6Any, 0);
        other.Server.DualMode = true;
        other.Start();
        _options.Server.EdgePort = ((IPEndPoint)other.LocalEndpoint).Port;
        var found = await Checked.RunAsync(_options);
        found.AssertOnly(
            MachineFindings.PortTaken,
            null,
            $"Server:EdgePort: port {_options.Server.EdgePort} is in use",
            "another port"
        );
    }

    [Fact]
    public async Task A_part_that_takes_too_long_is_ended_and_told_of()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        _options.Streams["live"].Source = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/live.m3u8";
        var found = await Checked.RunAsync(_options, limits: Checked.Quick with { Part = TimeSpan.FromSeconds(0.3) });
        found.AssertOnly(MachineFindings.Unfinished, null, "The check of the source of live took more than 0.3 s", "try again");
    }

    [Fact]
    public async Task The_installed_ffmpeg_is_good_enough_for_a_slate()
    {
        _options.Streams["live"].Slate = "";
        var found = await Checked.RunAsync(_options);
        found.AssertSaid(MachineFindings.Ffmpeg, "ffmpeg version");
        Assert.Empty(found.Trouble());
    }

    [Theory]
    [InlineData("", "There is no ffmpeg")]
    [InlineData("exit 3", "ffmpeg does not work here")]
    [InlineData("echo ' V....D mpeg4 MPEG-4'; echo ' A....D aac AAC'", "lacks the encoder libx264.")]
    public async Task An_ffmpeg_that_is_missing_or_lacks_something_is_found(string script, string seen)
    {
        var program = _folder["ffmpeg"];
        if (script.Length > 0)
        {
            _folder.Write("ffmpeg", $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        _options.Streams["live"] = new StreamOptions { Source = StreamOptions.Push, Ladder = ["180p"] };
        var findings = new FindingList();
        var check = new FfmpegCheck(
            new CheckContext(_options, TimeProvider.System, Checked.Quick, null, false, static _ => { }),
            findings
        )
        {
            Tool = new FfmpegTool(program, program, TimeSpan.FromSeconds(10)),
        };
        await check.RunAsync(Cancellation);
        Assert.Equal([MachineFindings.NoLadder, MachineFindings.NoSlate], findings.All.Select(static finding => finding.Kind));
        Assert.All(findings.All, finding => Assert.Contains(seen, finding.Seen, StringComparison.Ordinal));
        Assert.All(
            findings.All,
            static finding => Assert.Contains("apt-get install ffmpeg", finding.Remedy, StringComparison.Ordinal)
        );
    }
}
