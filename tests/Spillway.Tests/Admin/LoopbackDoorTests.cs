using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Spillway.Configuration;
using Spillway.EndToEnd.Servers;
using Spillway.Tests.Configuration;

namespace Spillway.Tests.Admin;

/// <summary>Loopback is no exception; where the settings make it one, nothing that passes requests on from here gets in.</summary>
public sealed class LoopbackDoorTests(OperatorServer plain, TrustingServer trusting)
    : IClassFixture<OperatorServer>,
        IClassFixture<TrustingServer>
{
    private const string Inside = "/api/v1/log";
    private const string Switch = "/api/v1/streams/live/slate";

    [Fact]
    public async Task Somebody_at_this_machine_needs_the_token_too()
    {
        using var here = new Operator(plain.Server);
        Assert.Equal(HttpStatusCode.Unauthorized, await here.StatusAsync(HttpMethod.Get, Inside));
    }

    [Fact]
    public async Task Where_loopback_is_trusted_only_who_names_it_and_was_passed_on_by_nobody_needs_none()
    {
        var server = trusting.Server;
        using var here = new Operator(server);
        Assert.Equal(HttpStatusCode.OK, await here.StatusAsync(HttpMethod.Get, Inside));
        Assert.Equal(HttpStatusCode.OK, await here.StatusAsync(HttpMethod.Get, Inside, ("Host", "localhost:3000")));
        Assert.Equal("""{"by":"loopback","until":null}""", (await here.AskAsync(HttpMethod.Get, "/api/v1/session")).Text);

        // A page that has led its own name here, a proxy, a tunnel.
        foreach (
            var header in ((string, string)[])
                [
                    ("Host", "rebound.example:3000"),
                    ("X-Forwarded-For", "127.0.0.1"),
                    ("X-Forwarded-Host", "localhost"),
                    ("Forwarded", "for=127.0.0.1"),
                    ("Via", "1.1 x"),
                    ("X-Real-IP", "127.0.0.1"),
                    ("CF-Connecting-IP", "127.0.0.1"),
                    ("Connection", "close"),
                ]
        )
            Assert.Equal((header, HttpStatusCode.Unauthorized), (header, await here.StatusAsync(HttpMethod.Get, Inside, header)));
        Assert.StartsWith(
            "HTTP/1.1 401",
            await server.RawAsync($"GET {Inside} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"),
            StringComparison.Ordinal
        );

        // A page of any site can make a browser at this machine ask.
        Assert.Equal(HttpStatusCode.Conflict, await here.StatusAsync(HttpMethod.Post, Switch));
        here.IsPage = false;
        Assert.Equal(HttpStatusCode.Forbidden, await here.StatusAsync(HttpMethod.Post, Switch));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await here.StatusAsync(HttpMethod.Post, Switch, ("X-Spillway", "dashboard"), ("Origin", "http://evil.example"))
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;")]
    [InlineData("proxy_http_version 1.1;")]
    [InlineData("proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $host;")]
    [InlineData("proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header X-Real-IP $remote_addr;")]
    public async Task Through_nginx_on_this_machine_nobody_gets_in(string how)
    {
        foreach (var server in (RunningServer[])[plain.Server, trusting.Server])
        {
            await using var nginx = await Nginx.StartAsync(server.Port, how);
            using var outside = new Operator(new Uri($"http://127.0.0.1:{nginx.Port}"));
            (string, string) name = ("Host", "tv.example.org");
            Assert.Equal(HttpStatusCode.Unauthorized, await outside.StatusAsync(HttpMethod.Get, Inside, name));
            Assert.Equal(HttpStatusCode.Unauthorized, await outside.StatusAsync(HttpMethod.Post, Switch, name));
            // With the token it is the way in that it should be.
            outside.Shown = Operator.Token;
            Assert.Equal(HttpStatusCode.OK, await outside.StatusAsync(HttpMethod.Get, Inside, name));
        }
    }

    [Theory]
    [InlineData("\"TrustedProxies\": [\"127.0.0.1\"]", "Server.TrustedProxies (spillway.json:1)")]
    [InlineData("\"PublicUrl\": \"https://tv.example.org\"", "Server.PublicUrl (spillway.json:1)")]
    public void With_a_proxy_in_the_settings_it_is_refused(string server, string which)
    {
        using var folder = new SettingsFolder();
        folder.Json($$"""{ "Server": { {{server}} }, "Admin": { "TrustLoopback": true } }""");
        Assert.Equal(
            [
                $"Admin.TrustLoopback (spillway.json:1) is true, and {which} is set: requests that a proxy passes on may come from this "
                    + "machine, too. Set it to false, and sign in with the admin token.",
            ],
            folder.Load(new ServeSettings { Source = "push" }).Errors
        );
    }

    private sealed class Nginx : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly string _folder;

        private Nginx(Process process, string folder, int port) => (_process, _folder, Port) = (process, folder, port);

        public int Port { get; }

        public static async Task<Nginx> StartAsync(int target, string how)
        {
            var folder = Directory.CreateTempSubdirectory("spillway-nginx-").FullName;
            var port = FreePort.Next();
            var file = Path.Combine(folder, "nginx.conf");
            await File.WriteAllTextAsync(
                file,
                $$"""
                daemon off; master_process off; pid {{folder}}/pid; error_log {{folder}}/error.log;
                events { }
                http {
                  access_log off; client_body_temp_path {{folder}}/b; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f;
                  uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
                  server { listen 127.0.0.1:{{port}}; location / { proxy_pass http://127.0.0.1:{{target}}; {{how}} } }
                }
                """
            );
            var start = new ProcessStartInfo(File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx");
            foreach (var argument in (string[])["-p", folder, "-c", file, "-e", Path.Combine(folder, "error.log")])
                start.ArgumentList.Add(argument);
            var nginx = new Nginx(Process.Start(start)!, folder, port);
            await Until.TrueAsync(() => Task.FromResult(Listens(port)), () => $"nginx listens: {nginx.Errors()}");
            return nginx;
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private string Errors() => File.Exists($"{_folder}/error.log") ? File.ReadAllText($"{_folder}/error.log") : "";

        private static bool Listens(int port)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
