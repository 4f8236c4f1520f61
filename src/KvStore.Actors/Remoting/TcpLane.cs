using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace KvStore.Actors.Remoting;

/// <summary>
/// One lane to one node: a queue, and one loop that connects when there is something to send, shakes hands, and then sends
/// whatever is queued in one go, again and again. It alone writes to the connection, which is what keeps the order.
/// </summary>
internal sealed class TcpLane
{
    private readonly TcpTransport _transport;
    private readonly Address _remote;
    private readonly Lane _lane;
    private readonly SendQueue _queue;
    private readonly CancellationTokenSource _abort = new();
    private readonly Task _running;

    // Written by whoever disconnects or by the watcher of the current connection, read by the loop.
    private volatile string? _lost;
    private volatile CancellationTokenSource? _connection;
    private bool _wasConnected;

    public TcpLane(TcpTransport transport, Address remote, Lane lane)
    {
        _transport = transport;
        _remote = remote;
        _lane = lane;
        var settings = transport.Settings;
        _queue = new SendQueue(settings.MaxFrameBytes, settings.MaxMessageBytes, lane == Lane.Control ? settings.ControlBufferBytes : settings.DataBufferBytes);
        _running = RunAsync();
    }

    /// <summary>Who answered the last handshake.</summary>
    public PeerIdentity? Peer { get; private set; }

    public WriteResult Write(string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload) =>
        _queue.Write(recipient, sender, serializerId, manifest, payload);

    public void Disconnect(string reason)
    {
        if (_connection is not { } connection)
        {
            // At once: what is queued from now on is for whoever comes next.
            DropQueued();
            return;
        }
        _lost = reason;
        CancelQuietly(connection);
        _queue.Interrupt();
    }

    /// <summary>Sends what is queued to a peer that is connected, and ends, by force after the given time.</summary>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "No synchronization context.")]
    public async Task CloseAsync(TimeSpan flush)
    {
        _queue.Close();
        if (_connection is null)
            await _abort.CancelAsync();
        try
        {
            await _running.WaitAsync(flush, _transport.Time);
        }
        catch (TimeoutException)
        {
            await _abort.CancelAsync();
            await _running;
        }
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        var backoff = _transport.Settings.ReconnectMin;
        while (true)
        {
            await _queue.WaitAsync();
            if (_queue.IsClosed || _abort.IsCancellationRequested)
                break;
            if (!_queue.HasFrames && _lost is null)
                continue;
            if (_lost is not null)
            {
                // Disconnected while there was no connection: what was queued was meant for a node that is gone.
                _lost = null;
                DropQueued();
                continue;
            }
            var failure = await ServeAsync();
            if (failure is null)
            {
                // A short pause here too, or a peer that accepts and closes would be dialled without end.
                backoff = _transport.Settings.ReconnectMin;
                if (!_queue.IsClosed && !await PauseAsync(backoff))
                    break;
                continue;
            }
            _transport.Handler.OnFailed(_remote, inbound: false, failure);
            // Old heartbeats and gossip are worth nothing to a node that comes up at last; data may be.
            if (_lane == Lane.Control && backoff >= _transport.Settings.ReconnectMax)
                DropQueued();
            if (!await PauseAsync(backoff))
                break;
            backoff = backoff * 2 > _transport.Settings.ReconnectMax ? _transport.Settings.ReconnectMax : backoff * 2;
        }
        DropQueued();
    }

    /// <summary>One connection from its beginning to its end. Returns why it never came to be; null when it did.</summary>
    private async Task<string?> ServeAsync()
    {
        Stream stream;
        FrameReader reader;
        PeerIdentity peer;
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        using (var patience = new CancellationTokenSource(_transport.Settings.ConnectTimeout, _transport.Time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token, patience.Token))
        {
            try
            {
                (stream, reader, peer) = await ConnectAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                return _abort.IsCancellationRequested ? "closed" : $"no answer within {_transport.Settings.ConnectTimeout.TotalSeconds} s";
            }
            catch (TlsFailedException e)
            {
                _transport.Counters.AddTlsFailure();
                return e.Message;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                return e.Message;
            }
            catch (RefusedException e)
            {
                _transport.Counters.AddRefused();
                DropQueued();
                return e.Message;
            }
            catch (Exception e) when (e is MalformedFrameException or ProtocolVersionException)
            {
                _transport.Counters.AddMalformed();
                return e.Message;
            }
        }
        Peer = peer;
        _transport.Counters.AddConnect(_wasConnected);
        _wasConnected = true;
        _connection = connection;
        _transport.Handler.OnConnected(peer, _lane, inbound: false);
        var watching = WatchAsync(stream, reader, connection.Token);
        var reason = await PumpAsync(stream, connection.Token);
        _connection = null;
        await connection.CancelAsync();
        await stream.DisposeAsync();
        await watching;
        _lost = null;
        // Frames queued by now count on names that this connection's peer knew.
        DropQueued();
        _transport.Handler.OnDisconnected(peer, _lane, inbound: false, reason);
        return null;
    }

    private async Task<(Stream Stream, FrameReader Reader, PeerIdentity Peer)> ConnectAsync(CancellationToken cancellation)
    {
        var stream = await TcpStreams.ConnectAsync(_remote, _transport.Settings.Tls, cancellation);
        var reader = new FrameReader(Frames.MaxHandshakeBytes);
        try
        {
            await stream.WriteAsync(Handshake.Write(new Hello(_lane, _transport.Self, _remote)), cancellation);
            HandshakeReply? reply = null;
            while (reply is null)
            {
                var count = await stream.ReadAsync(reader.Room(), cancellation);
                if (count == 0)
                    throw new IOException("The peer closed the connection during the handshake.");
                reader.Received(count);
                if (reader.TryRead(out var frame))
                    reply = Handshake.ReadReply(frame);
            }
            if (reply.Accepted is null)
                throw new RefusedException($"{_remote} refuses this node: {reply.Refusal}");
            return (stream, reader, reply.Accepted);
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            if (e is MalformedFrameException && reader.BeginsLikeTls)
                throw new TlsFailedException("the peer speaks TLS, and this node has enable-ssl off", e);
            // With TLS 1.3 the peer judges this node's certificate after the client's end of the handshake is over.
            if (e is IOException and not TlsFailedException && _transport.Settings.Tls is not null)
                throw new TlsFailedException($"TLS: the peer ended the connection, which is how it refuses a certificate: {e.InnerException?.Message ?? e.Message}", e);
            throw;
        }
    }

    private async Task<string> PumpAsync(Stream stream, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                if (_lost is { } reason)
                    return reason;
                var batch = _queue.Take(out var frames);
                if (batch.IsEmpty)
                {
                    if (_queue.IsClosed)
                        return "closed";
                    await _queue.WaitAsync();
                    continue;
                }
                try
                {
                    await stream.WriteAsync(batch, cancellation);
                }
                catch
                {
                    _transport.Counters.AddDropped(frames);
                    throw;
                }
                _queue.Sent();
                _transport.Counters.AddOut(frames, batch.Length);
            }
        }
        catch (OperationCanceledException)
        {
            return _lost ?? "closed";
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return _lost ?? e.Message;
        }
    }

    /// <summary>The peer has nothing more to say after its Accept, so whatever comes is its end.</summary>
    private async Task WatchAsync(Stream stream, FrameReader reader, CancellationToken cancellation)
    {
        try
        {
            var count = await stream.ReadAsync(reader.Room(), cancellation);
            if (count > 0)
                _transport.Counters.AddMalformed();
            _lost ??= count == 0 ? "the peer closed the connection" : "the peer spoke out of turn";
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            _lost ??= e.Message;
        }
        CancelQuietly(_connection);
        _queue.Interrupt();
    }

    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _transport.Time, _abort.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void DropQueued() => _transport.Counters.AddDropped(_queue.Drop());

    private static void CancelQuietly(CancellationTokenSource? source)
    {
        try
        {
            source?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection has just ended by itself, which is what was wanted.
        }
    }
}

/// <summary>The peer answered the handshake with a refusal.</summary>
internal sealed class RefusedException : Exception
{
    public RefusedException()
    {
    }

    public RefusedException(string message)
        : base(message)
    {
    }

    public RefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
