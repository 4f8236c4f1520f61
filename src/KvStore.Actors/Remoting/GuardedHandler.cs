namespace KvStore.Actors.Remoting;

/// <summary>
/// The handler, behind a guard: what it throws is counted and goes no further. One message that cannot be handled must not cost
/// the thousands behind it, and nothing that a peer sends may end a connection's loop, or the process.
/// </summary>
internal sealed class GuardedHandler(ITransportHandler inner, TransportCounters counters) : ITransportHandler
{
    public string? Objection(PeerIdentity peer)
    {
        try
        {
            return inner.Objection(peer);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            counters.AddHandlerFailure();
            return "this node could not judge who calls";
        }
    }

    public void OnConnected(PeerIdentity peer, Lane lane, bool inbound)
    {
        try
        {
            inner.OnConnected(peer, lane, inbound);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            counters.AddHandlerFailure();
        }
    }

    public void OnFrame(PeerIdentity from, scoped in InboundFrame frame)
    {
        try
        {
            inner.OnFrame(from, in frame);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            counters.AddHandlerFailure();
        }
    }

    public void OnDisconnected(PeerIdentity peer, Lane lane, bool inbound, string reason)
    {
        try
        {
            inner.OnDisconnected(peer, lane, inbound, reason);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            counters.AddHandlerFailure();
        }
    }

    public void OnFailed(Address? remote, bool inbound, string reason)
    {
        try
        {
            inner.OnFailed(remote, inbound, reason);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            counters.AddHandlerFailure();
        }
    }
}
