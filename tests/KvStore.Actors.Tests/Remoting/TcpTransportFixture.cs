using System.Net.Sockets;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Tests.Remoting;

/// <summary>Transports on loopback that end with the test, and sockets without one.</summary>
public abstract class TcpTransportFixture : IAsyncDisposable
{
    private protected static readonly TimeSpan Patience = RecordingHandler.Patience;

    private readonly List<TcpTransport> _transports = [];
    private int _uid;

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in _transports)
            await transport.DisposeAsync();
    }

    private protected static Socket Dial(TcpTransport transport)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(transport.Self.Address.Host!, transport.Self.Address.Port!.Value);
        return socket;
    }

    private protected static async Task<byte[]> ReceiveFrameAsync(Socket socket)
    {
        var reader = new FrameReader(Frames.MaxHandshakeBytes);
        while (true)
        {
            var count = await socket.ReceiveAsync(reader.Room()).AsTask().WaitAsync(Patience);
            count.ShouldBeGreaterThan(0);
            reader.Received(count);
            if (reader.TryRead(out var frame))
                return frame.ToArray();
        }
    }

    private protected (TcpTransport Transport, RecordingHandler Handler) Start(Func<TransportSettings, TransportSettings>? configure = null)
    {
        var settings = new TransportSettings { System = "kv", Uid = ++_uid };
        var transport = new TcpTransport(configure?.Invoke(settings) ?? settings, TimeProvider.System);
        var handler = new RecordingHandler();
        transport.Listen(handler);
        _transports.Add(transport);
        return (transport, handler);
    }

    private protected static async Task<bool> ClosedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Patience) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
