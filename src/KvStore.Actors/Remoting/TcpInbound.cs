using System.Net.Sockets;

namespace KvStore.Actors.Remoting;

/// <summary>One connection that another node, or anyone at all, has made to this one.</summary>
internal sealed class TcpInbound
{
    private readonly TcpTransport _transport;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _abort;
    private readonly FrameReader _reader = new(Frames.MaxHandshakeBytes);
    private Stream? _stream;

    public TcpInbound(TcpTransport transport, Socket socket, CancellationToken closing)
    {
        _transport = transport;
        _socket = socket;
        _abort = CancellationTokenSource.CreateLinkedTokenSource(closing);
    }

    /// <summary>Completes when the connection is gone and its last frame handled.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start() => Completion = RunAsync();

    public void Abort() => _abort.Cancel();

    private async Task RunAsync()
    {
        // So that the connection is known to its owner before anything happens on it.
        await Task.Yield();
        try
        {
            if (await GreetAsync() is var (stream, hello))
                await ServeAsync(stream, hello);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It ended before it said who it is, so there is nobody to mention.
        }
        finally
        {
            if (_stream is not null)
                await _stream.DisposeAsync();
            _socket.Dispose();
            _transport.Forget(this);
            _abort.Dispose();
        }
    }

    private async Task<(Stream Stream, Hello Hello)?> GreetAsync()
    {
        using var patience = new CancellationTokenSource(_transport.Settings.HandshakeTimeout, _transport.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token, patience.Token);
        Stream? stream = null;
        Hello hello;
        try
        {
            stream = _stream = await TcpStreams.AcceptAsync(_socket, _transport.Settings.Tls, either.Token);
            hello = await ReadHelloAsync(stream, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            _transport.Counters.AddHandshakeTimeout();
            _transport.Handler.OnFailed(remote: null, inbound: true, $"no handshake within {_transport.Settings.HandshakeTimeout.TotalSeconds} s");
            return null;
        }
        catch (TlsFailedException e)
        {
            _transport.Counters.AddTlsFailure();
            _transport.Handler.OnFailed(remote: null, inbound: true, e.Message);
            return null;
        }
        catch (MalformedFrameException e)
        {
            _transport.Counters.AddMalformed();
            _transport.Handler.OnFailed(remote: null, inbound: true, _reader.BeginsLikeTls ? "the peer speaks TLS, and this node has enable-ssl off" : e.Message);
            return null;
        }
        catch (ProtocolVersionException e)
        {
            await RefuseAsync(stream!, remote: null, e.Message);
            return null;
        }
        if ((Handshake.Judge(hello, _transport.Self) ?? _transport.Handler.Objection(hello.Sender)) is { } objection)
        {
            await RefuseAsync(stream, hello.Sender.Address, objection);
            return null;
        }
        await _transport.ReplaceAsync(hello, this);
        await stream.WriteAsync(Handshake.WriteAccept(_transport.Self), _abort.Token);
        return (stream, hello);
    }

    private async Task<Hello> ReadHelloAsync(Stream stream, CancellationToken cancellation)
    {
        while (true)
        {
            var count = await stream.ReadAsync(_reader.Room(), cancellation);
            if (count == 0)
                throw new IOException("The peer closed the connection during the handshake.");
            _reader.Received(count);
            if (_reader.TryRead(out var frame))
                return Handshake.ReadHello(frame);
        }
    }

    private async Task RefuseAsync(Stream stream, Address? remote, string reason)
    {
        _transport.Counters.AddRefused();
        _transport.Handler.OnFailed(remote, inbound: true, reason);
        await stream.WriteAsync(Handshake.WriteRefuse(reason), _abort.Token);
    }

    private async Task ServeAsync(Stream stream, Hello hello)
    {
        var peer = hello.Sender;
        string reason;
        _transport.Handler.OnConnected(peer, hello.Lane, inbound: true);
        try
        {
            reason = await ReceiveAsync(stream, peer);
        }
        catch (MalformedFrameException e)
        {
            _transport.Counters.AddMalformed();
            reason = e.Message;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            reason = e.Message;
        }
        catch (OperationCanceledException)
        {
            reason = "closed, or replaced by a newer connection";
        }
        _transport.Handler.OnDisconnected(peer, hello.Lane, inbound: true, reason);
    }

    private async Task<string> ReceiveAsync(Stream stream, PeerIdentity peer)
    {
        var assembly = new ChunkAssembly(_transport.Settings.MaxMessageBytes, _transport.Reassembly);
        var messages = new MessageFrameReader(assembly);
        _reader.Trust(_transport.Settings.MaxFrameBytes);
        try
        {
            HandleReceived(messages, peer);
            while (true)
            {
                var count = await stream.ReadAsync(_reader.Room(), _abort.Token);
                if (count == 0)
                    return "the peer closed the connection";
                _reader.Received(count);
                _transport.Counters.AddIn(0, count);
                HandleReceived(messages, peer);
            }
        }
        finally
        {
            if (assembly.IsMissingParts)
                _transport.Counters.AddUnassembled();
            assembly.Close();
        }
    }

    private void HandleReceived(MessageFrameReader messages, PeerIdentity peer)
    {
        var handled = 0;
        try
        {
            while (_reader.TryRead(out var frame))
            {
                if (messages.TryRead(frame, out var message, out var wasSkipped))
                {
                    handled++;
                    if (frame[0] == (byte)FrameKind.Part)
                        _transport.Counters.AddReassembled();
                    _transport.Handler.OnFrame(peer, message);
                }
                else if (wasSkipped)
                {
                    _transport.Counters.AddUnassembled();
                }
                messages.Done();
            }
        }
        finally
        {
            _transport.Counters.AddIn(handled, 0);
        }
    }
}
