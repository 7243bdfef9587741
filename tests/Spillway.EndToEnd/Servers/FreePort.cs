using System.Net;
using System.Net.Sockets;

namespace Spillway.EndToEnd.Servers;

/// <summary>Ports nobody uses: chosen before the start, since a restarted server must come back where its viewers look for it.</summary>
internal static class FreePort
{
    private static readonly HashSet<int> s_given = [];

    public static int Next()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            lock (s_given)
            {
                if (s_given.Add(port))
                    return port;
            }
        }
    }

    /// <summary>Somebody listens there.</summary>
    public static bool IsTaken(int port)
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
