namespace KvStore.Actors.Remoting;

/// <summary>The two lanes to one node.</summary>
internal sealed class TcpAssociation : IAssociation
{
    private readonly TcpTransport _transport;
    private readonly TcpLane _data;
    private readonly TcpLane _control;

    public TcpAssociation(TcpTransport transport, Address remote)
    {
        _transport = transport;
        Remote = remote;
        _data = new TcpLane(transport, remote, Lane.Data);
        _control = new TcpLane(transport, remote, Lane.Control);
    }

    public Address Remote { get; }

    public PeerIdentity? Peer => _control.Peer ?? _data.Peer;

    public WriteResult Write(Lane lane, string recipient, string? sender, int serializerId, string manifest, ReadOnlySpan<byte> payload)
    {
        var result = (lane == Lane.Control ? _control : _data).Write(recipient, sender, serializerId, manifest, payload);
        if (result == WriteResult.TooLarge)
            _transport.Counters.AddTooLarge();
        if (result != WriteResult.Queued)
            _transport.Counters.AddDropped(1);
        return result;
    }

    public void Disconnect(string reason)
    {
        _data.Disconnect(reason);
        _control.Disconnect(reason);
    }

    public Task CloseAsync(TimeSpan flush) => Task.WhenAll(_data.CloseAsync(flush), _control.CloseAsync(flush));
}
