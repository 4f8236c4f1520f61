using System.Buffers;
using System.Net;
using System.Net.Sockets;
using KvStore.Protocol.Client;

namespace KvStore.Cli;

/// <summary>There is no connection, or it broke; the message is a line for the person in front of it.</summary>
internal sealed class NoConnectionException(string message) : Exception(message);

/// <summary>One connection to a server: a command out, a reply in; or several at once, in order.</summary>
internal sealed class KvConnection : IDisposable
{
    private static readonly byte[][] Hello = ["HELLO"u8.ToArray(), "3"u8.ToArray()];

    private readonly Socket _socket;
    private readonly TimeSpan _timeout;
    private readonly Endpoint _endpoint;
    private readonly ReplyReader _reader = new();
    private readonly ArrayBufferWriter<byte> _request = new();
    private readonly byte[] _received = new byte[64 * 1024];
    private bool _greeted;
    private int _queued;

    private KvConnection(Socket socket, Endpoint endpoint, TimeSpan timeout)
    {
        _socket = socket;
        _endpoint = endpoint;
        _timeout = timeout;
    }

    /// <summary>The address that answered, for the prompt.</summary>
    public string Address => _socket.RemoteEndPoint?.ToString() ?? _endpoint.ToString();

    /// <summary>Connects to the first address of the host that answers, IPv4 before IPv6.</summary>
    /// <exception cref="NoConnectionException">None did in time.</exception>
    public static async Task<KvConnection> OpenAsync(Endpoint endpoint, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            Exception? last = null;
            // Not every resolver knows that localhost has two addresses.
            var addresses = endpoint.Host == "localhost"
                ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
                : await Dns.GetHostAddressesAsync(endpoint.Host, deadline.Token);
            foreach (var address in addresses.OrderBy(static a => a.AddressFamily == AddressFamily.InterNetworkV6))
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(address, endpoint.Port, deadline.Token);
                    return new KvConnection(socket, endpoint, timeout);
                }
                catch (SocketException error)
                {
                    socket.Dispose();
                    last ??= error;
                }
                catch (OperationCanceledException)
                {
                    socket.Dispose();
                    throw;
                }
            }
            throw new NoConnectionException($"no connection to {endpoint}: {Reason(last)}");
        }
        catch (SocketException error)
        {
            throw new NoConnectionException($"no connection to {endpoint}: {Reason(error)}");
        }
        catch (OperationCanceledException)
        {
            throw new NoConnectionException($"no connection to {endpoint} within {timeout.TotalSeconds:0.###} s");
        }
    }

    /// <summary>Bytes of the commands that were queued and not sent.</summary>
    public int QueuedBytes => _request.WrittenCount;

    /// <summary>Queues a command for the next <see cref="SendQueuedAsync"/>.</summary>
    public void Queue(IReadOnlyList<byte[]> command)
    {
        // RESP3 tells text from data, and maps from arrays. It costs no round trip; a server without it stays with RESP2.
        if (!_greeted && _queued == 0)
            RequestWriter.Write(_request, Hello);
        RequestWriter.Write(_request, command);
        _queued++;
    }

    /// <summary>Sends one command and returns its reply.</summary>
    /// <exception cref="NoConnectionException">The connection broke, or no reply came in time.</exception>
    public async Task<Reply> SendAsync(IReadOnlyList<byte[]> command)
    {
        Queue(command);
        return (await SendQueuedAsync())[0];
    }

    /// <summary>
    /// Sends the commands that were queued and returns their replies in order. Replies are read when all is sent: what they come to must
    /// fit into the buffers of a connection.
    /// </summary>
    /// <exception cref="NoConnectionException">The connection broke, or not all replies came in time.</exception>
    public async Task<IReadOnlyList<Reply>> SendQueuedAsync()
    {
        using var deadline = new CancellationTokenSource(_timeout);
        try
        {
            for (var rest = _request.WrittenMemory; !rest.IsEmpty;)
                rest = rest[await _socket.SendAsync(rest, deadline.Token)..];
            if (!_greeted)
                await ReceiveAsync(deadline.Token);
            _greeted = true;
            var replies = new List<Reply>(_queued);
            while (replies.Count < _queued)
                replies.Add(await ReceiveAsync(deadline.Token));
            return replies;
        }
        catch (SocketException error)
        {
            throw new NoConnectionException($"lost the connection to {_endpoint}: {Reason(error)}");
        }
        catch (ReplyFormatException error)
        {
            throw new NoConnectionException($"{_endpoint} does not speak the protocol: {error.Message}");
        }
        catch (OperationCanceledException)
        {
            throw new NoConnectionException($"no reply from {_endpoint} within {_timeout.TotalSeconds:0.###} s");
        }
        finally
        {
            _request.ResetWrittenCount();
            _queued = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<Reply> ReceiveAsync(CancellationToken deadline)
    {
        while (true)
        {
            if (_reader.TryRead(out var reply))
            {
                if (reply.Kind == ReplyKind.Push)
                    continue;
                return reply;
            }
            var count = await _socket.ReceiveAsync(_received, deadline);
            if (count == 0)
                throw new NoConnectionException($"lost the connection to {_endpoint}: the server closed it");
            _reader.Append(_received.AsSpan(0, count));
        }
    }

    private static string Reason(Exception? error) => error switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused, nothing listens there",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => "there is no such host",
        null => "the host has no address",
        _ => error.Message,
    };
}
