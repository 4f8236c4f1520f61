using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace KvStore.Actors.Remoting;

/// <summary>
/// The one place where a socket becomes a stream, and where the stream is encrypted if it is to be.
/// </summary>
internal static class TcpStreams
{
    /// <summary>Seconds of silence before the system asks whether the peer's host is still there.</summary>
    private const int KeepAliveTimeSeconds = 10;

    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveRetries = 3;

    /// <summary>Connects, and encrypts where there are settings for it.</summary>
    /// <exception cref="TlsFailedException">The peer has no TLS, or one of the two does not trust the other.</exception>
    public static async ValueTask<Stream> ConnectAsync(Address remote, TlsSettings? tls, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Configure(socket);
            await socket.ConnectAsync(remote.Host!, remote.Port ?? 0, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (tls is null)
            return plain;
        var verdict = new TlsVerdict();
        return await EncryptAsync(plain, verdict, stream => stream.AuthenticateAsClientAsync(tls.ForClient(remote.Host!, verdict), cancellation));
    }

    /// <summary>Takes over an accepted socket, and encrypts where there are settings for it.</summary>
    /// <exception cref="TlsFailedException">The peer has no TLS, or one of the two does not trust the other.</exception>
    public static async ValueTask<Stream> AcceptAsync(Socket socket, TlsSettings? tls, CancellationToken cancellation)
    {
        Configure(socket);
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (tls is null)
            return plain;
        var verdict = new TlsVerdict();
        return await EncryptAsync(plain, verdict, stream => stream.AuthenticateAsServerAsync(tls.ForServer(verdict), cancellation));
    }

    private static async Task<Stream> EncryptAsync(NetworkStream plain, TlsVerdict verdict, Func<SslStream, Task> authenticate)
    {
        var stream = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await authenticate(stream);
            return stream;
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            if (e is AuthenticationException or IOException or InvalidOperationException)
                throw new TlsFailedException($"TLS: {verdict.Objection ?? Innermost(e)}", e);
            throw;
        }
    }

    private static string Innermost(Exception e) => e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;

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
