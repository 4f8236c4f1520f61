using KvStore.Actors.Membership;

namespace KvStore.Actors.Remoting;

/// <summary>
/// Which incarnation answered last at each address, and whether the cluster has removed it. It is what tells a watch of a dead node
/// from one of a node that is only out of reach. Any thread.
/// </summary>
internal sealed class Incarnations
{
    /// <summary>Far more nodes than a cluster has; strangers may claim as many addresses as they like.</summary>
    private const int MaxAddresses = 4096;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<Address, (int Uid, bool IsGone)> _known = [];

    /// <summary>A peer has shaken hands. True when another incarnation was there before, which is dead therefore.</summary>
    internal bool OnConnected(PeerIdentity peer)
    {
        lock (_gate)
        {
            var isKnown = _known.TryGetValue(peer.Address, out var known);
            if (isKnown && known.Uid == peer.Uid)
                return false;
            Put(peer.Address, (peer.Uid, IsGone: false));
            // The removal of one that is gone was announced already.
            return isKnown && !known.IsGone;
        }
    }

    /// <summary>The cluster has removed an incarnation. False when its successor is there already, or the removal is known.</summary>
    internal bool OnRemoved(UniqueAddress node)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(node.Address, out var known) && (known.Uid != node.Uid || known.IsGone))
                return false;
            Put(node.Address, (node.Uid, IsGone: true));
            return true;
        }
    }

    internal bool IsGone(Address address)
    {
        lock (_gate)
            return _known.TryGetValue(address, out var known) && known.IsGone;
    }

    private void Put(Address address, (int Uid, bool IsGone) incarnation)
    {
        if (_known.Count >= MaxAddresses && !_known.ContainsKey(address))
            _known.RemoveAt(0);
        _known[address] = incarnation;
    }
}
