using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KvStore.Cli.Tests;

/// <summary>
/// Answers each request of a connection with the next of its scripted replies; null closes the connection. It counts a
/// request by its leading <c>*</c> at the beginning of what it reads, which is enough for one command at a time.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly string?[][] _connections;
    private readonly StringBuilder _received = new();

    public ScriptedServer(params string?[][] connections)
        : this(IPAddress.Loopback, connections)
    {
    }

    public ScriptedServer(IPAddress address, params string?[][] connections)
    {
        _connections = connections;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        Completion = ServeAsync();
    }

    public Task Completion { get; }

    public string Port => $"{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>All that clients sent.</summary>
    public string Received
    {
        get
        {
            lock (_received)
                return _received.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        foreach (var replies in _connections)
        {
            try
            {
                using var client = await _listener.AcceptSocketAsync();
                await AnswerAsync(client, replies);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Socket client, string?[] replies)
    {
        var buffer = new byte[64 * 1024];
        foreach (var reply in replies)
        {
            var count = await client.ReceiveAsync(buffer);
            if (count == 0)
                return;
            lock (_received)
                _received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            if (reply is null)
                return;
            await client.SendAsync(Encoding.Latin1.GetBytes(reply));
        }
        // Until the client goes.
        while (await client.ReceiveAsync(buffer) > 0)
        {
        }
    }
}
