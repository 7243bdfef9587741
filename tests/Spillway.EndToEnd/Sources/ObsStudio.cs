using System.Text.Json.Nodes;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Sources;

/// <summary>OBS Studio itself, on a screen that nobody sees, with a home folder of its own.</summary>
internal sealed class ObsStudio : IAsyncDisposable
{
    private readonly ChildProcess _obs;

    private ObsStudio(ChildProcess obs) => _obs = obs;

    public string Log => _obs.Output;

    public bool HasExited => _obs.HasExited;

    /// <summary>Begins to stream as soon as it is up.</summary>
    /// <param name="folder">A folder of its own.</param>
    /// <param name="server">Server, as OBS asks for it: <c>rtmp://host:1935/live</c>.</param>
    /// <param name="key">Stream key.</param>
    /// <param name="keyframeSeconds">Keyframe interval; 0: OBS's default, which the encoder chooses.</param>
    public static ObsStudio Start(string folder, string server, string key, int keyframeSeconds)
    {
        var settings = Path.Combine(folder, ".config", "obs-studio");
        var profile = Path.Combine(settings, "basic", "profiles", "test");
        var scenes = Path.Combine(settings, "basic", "scenes");
        var runtime = Path.Combine(folder, "run");
        Directory.CreateDirectory(profile);
        Directory.CreateDirectory(scenes);
        Directory.CreateDirectory(runtime);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(runtime, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Without it OBS opens its wizard, and nobody is there to click.
        File.WriteAllText(
            Path.Combine(settings, "global.ini"),
            """
            [General]
            FirstRun=true
            LastVersion=486539266
            EnableAutoUpdates=false

            [Basic]
            Profile=test
            ProfileDir=test
            SceneCollection=test
            SceneCollectionFile=test
            ConfigOnNewProfile=true
            """
        );
        File.WriteAllText(
            Path.Combine(profile, "basic.ini"),
            $"""
            [General]
            Name=test

            [Output]
            Mode=Simple

            [SimpleOutput]
            VBitrate=500
            ABitrate=96
            StreamEncoder=x264
            Preset=ultrafast
            UseAdvanced={(keyframeSeconds > 0 ? "true" : "false")}
            x264Settings=keyint={25 * keyframeSeconds}

            [Video]
            BaseCX=640
            BaseCY=360
            OutputCX=640
            OutputCY=360
            FPSCommon=25 PAL
            """
        );
        File.WriteAllText(
            Path.Combine(profile, "service.json"),
            new JsonObject
            {
                ["type"] = "rtmp_custom",
                ["settings"] = new JsonObject
                {
                    ["server"] = server,
                    ["key"] = key,
                    ["use_auth"] = false,
                },
            }.ToJsonString()
        );
        File.WriteAllText(
            Path.Combine(scenes, "test.json"),
            """
            {
              "name": "test", "current_scene": "Scene", "current_program_scene": "Scene", "scene_order": [{ "name": "Scene" }],
              "sources": [{ "id": "scene", "versioned_id": "scene", "name": "Scene", "settings": { "items": [] } }]
            }
            """
        );
        string[] arguments =
        [
            .. (string[])["-a", "-s", "-screen 0 1024x768x24", "obs", "--multi", "--startstreaming"],
            .. (string[])["--collection", "test", "--profile", "test", "--scene", "Scene", "--minimize-to-tray"],
        ];
        return new ObsStudio(
            ChildProcess.Start(
                "xvfb-run",
                arguments,
                folder,
                new Dictionary<string, string>
                {
                    ["HOME"] = folder,
                    ["XDG_RUNTIME_DIR"] = runtime,
                    ["XDG_CONFIG_HOME"] = Path.Combine(folder, ".config"),
                    ["QT_QPA_PLATFORM"] = "xcb",
                    ["LIBGL_ALWAYS_SOFTWARE"] = "1",
                }
            )
        );
    }

    public ValueTask DisposeAsync() => _obs.DisposeAsync();
}
