using System.Net.Sockets;

namespace KvStore.Actors.Remoting;

/// <summary>
/// The one place where a socket becomes a stream: TLS goes here, and nowhere else.
/// </summary>
internal static class TcpStreams
{
    /// <summary>Seconds of silence before the system asks whether the peer's host is still there.</summary>
    private const int KeepAliveTimeSeconds = 10;

    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveRetries = 3;

    public static async ValueTask<Stream> ConnectAsync(Address remote, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Configure(socket);
            await socket.ConnectAsync(remote.Host!, remote.Port ?? 0, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static ValueTask<Stream> AcceptAsync(Socket socket)
    {
        Configure(socket);
        return ValueTask.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true));
    }

    private static void Configure(Socket socket)
    {
        // Frames are batched here already; the system should not wait for more.
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveTimeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRetries);
    }
}
