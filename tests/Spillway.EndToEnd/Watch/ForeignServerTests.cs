using System.Globalization;
using Spillway.EndToEnd.Servers;
using Spillway.Watch;

namespace Spillway.EndToEnd.Watch;

/// <summary>Somebody else's stream: ffmpeg writes it, nginx serves it.</summary>
[Trait("Speed", "slow")]
[Collection(Lanes.Servers)]
public sealed class ForeignServerTests
{
    [Theory]
    [InlineData("program_date_time+independent_segments", true)]
    // It dates nothing and deletes what it has just taken off the list.
    [InlineData("delete_segments", false)]
    public async Task What_ffmpeg_writes_and_nginx_serves_is_judged(string flags, bool isClean)
    {
        var folder = Directory.CreateTempSubdirectory("spillway-foreign-").FullName;
        try
        {
            var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
            var port = FreePort.Next();
            await using var nginx = await ServeAsync(folder, port);
            await using var encoder = ChildProcess.Start(
                "ffmpeg",
                [
                    .. "-hide_banner -loglevel error -nostdin -re -f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine=r=48000".Split(
                        ' '
                    ),
                    .. "-c:v libx264 -preset ultrafast -g 25 -keyint_min 25 -sc_threshold 0 -pix_fmt yuv420p -c:a aac".Split(' '),
                    .. $"-f hls -hls_time 1 -hls_list_size 5 -hls_flags {flags}".Split(' '),
                    .. "-hls_delete_threshold 1 -hls_segment_filename s%d.ts live.m3u8".Split(' '),
                ],
                files
            );
            for (var i = 0; i < 400 && !File.Exists(Path.Combine(files, "s5.ts")); i++)
                await Task.Delay(50, TestContext.Current.CancellationToken);

            await using var text = new StringWriter();
            using var client = WatchRun.Client();
            var run = new WatchRun(
                new WatchSettings
                {
                    Address = new Uri($"http://127.0.0.1:{port}/live.m3u8"),
                    Length = TimeSpan.FromSeconds(12),
                    Origin = "https://player.example",
                },
                client,
                text,
                TimeProvider.System
            );
            var summary = await run.RunAsync(TestContext.Current.CancellationToken);

            Assert.InRange(summary.Segments, 8, 20);
            var errors = summary.Rules.Where(static rule => rule.Severity == "error").Select(static rule => rule.Rule);
            Assert.True(
                isClean ? !errors.Any() : errors.Order(StringComparer.Ordinal).SequenceEqual(["B13", "C1"]),
                text.ToString()
            );
            // ffmpeg never writes EXT-X-DISCONTINUITY-SEQUENCE.
            Assert.Contains(summary.Rules, static rule => rule.Rule == "B10");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<Nginx> ServeAsync(string folder, int port) =>
        Nginx.StartAsync(
            folder,
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                daemon off;
                master_process off;
                pid {{folder}}/nginx.pid;
                events { worker_connections 256; }
                http {
                  access_log off;
                  client_body_temp_path {{folder}}/body;
                  proxy_temp_path {{folder}}/proxy;
                  fastcgi_temp_path {{folder}}/fastcgi;
                  uwsgi_temp_path {{folder}}/uwsgi;
                  scgi_temp_path {{folder}}/scgi;
                  types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
                  server {
                    listen 127.0.0.1:{{port}};
                    root {{folder}}/files;
                    add_header Access-Control-Allow-Origin *;
                    location ~ m3u8$ { add_header Cache-Control "max-age=1"; add_header Access-Control-Allow-Origin *; }
                    location ~ ts$ { add_header Cache-Control "max-age=86400"; add_header Access-Control-Allow-Origin *; }
                  }
                }
                """
            ),
            port
        );
}
