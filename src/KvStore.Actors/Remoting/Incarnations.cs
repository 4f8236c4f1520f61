using System.Collections.Immutable;
using KvStore.Actors.Membership;

namespace KvStore.Actors.Remoting;

/// <summary>
/// Which incarnation is at each address, and which are dead. Any thread.
/// </summary>
/// <remarks>
/// Two numbers name an incarnation. The handshake's says which process it is; the membership's says which of its memberships, for a
/// process that was downed lives on, and joins again under a new one. So a removal from the cluster never locks a process out:
/// <list type="bullet">
/// <item>A process is dead for certain when another answers at its address. From then on its number is refused. Who merely calls under
/// an address may be a second node with the same configuration; who answers when the address is dialled is the one that is there.</item>
/// <item>A member that was removed is mute: what its actors say is dropped until it is a member again, or another process has come.
/// What the engine itself says on its behalf passes, or it could not ask to join.</item>
/// </list>
/// </remarks>
internal sealed class Incarnations
{
    /// <summary>Far more nodes than a cluster has; strangers may claim as many addresses as they like.</summary>
    private const int MaxAddresses = 4096;

    /// <summary>Dead numbers kept for an address: more restarts than happen while an old process could still be talking.</summary>
    private const int MaxDead = 16;

    /// <summary>Memberships of one address at once: two are an accident.</summary>
    private const int MaxMembers = 4;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<Address, Known> _known = [];

    // Replaced under the lock, read without it for every frame: null as long as there is nothing to refuse.
    private volatile ImmutableDictionary<Address, Known>? _suspect;

    /// <summary>What a peer may do here.</summary>
    internal enum Standing
    {
        Welcome,

        /// <summary>Removed from the cluster: only the engine's own messages pass.</summary>
        Mute,

        /// <summary>Another process has taken its address.</summary>
        Dead,
    }

    /// <summary>A peer has shaken hands. True when another incarnation was there before, which is dead therefore.</summary>
    internal bool OnConnected(PeerIdentity peer, bool inbound)
    {
        lock (_gate)
        {
            var known = _known.GetValueOrDefault(peer.Address) ?? Known.Nothing;
            if (known.Process == peer.Uid)
                return false;
            // A dead process does not come back; but the one that answers at the address is alive, whatever was claimed before.
            if (inbound && known.Dead.Contains(peer.Uid))
                return false;
            var dead = known.Dead.Remove(peer.Uid);
            foreach (var old in known.Process is { } process ? known.Members.Insert(0, process) : known.Members)
            {
                if (old != peer.Uid && !dead.Contains(old))
                    dead = (dead.Count < MaxDead ? dead : dead.RemoveAt(0)).Add(old);
            }
            Put(peer.Address, new Known(peer.Uid, known.Members.Contains(peer.Uid) ? [peer.Uid] : [], IsGone: false, dead));
            // The removal of one that is gone was announced already.
            return known.Process is not null && !known.IsGone;
        }
    }

    /// <summary>The cluster knows a member at that address: whoever was removed there before, this one may speak.</summary>
    internal void OnMember(UniqueAddress node)
    {
        lock (_gate)
        {
            var known = _known.GetValueOrDefault(node.Address) ?? Known.Nothing;
            if (known.Members.Contains(node.Uid) || known.Dead.Contains(node.Uid))
                return;
            var members = known.Members.Count < MaxMembers ? known.Members : known.Members.RemoveAt(0);
            Put(node.Address, known with { Members = members.Add(node.Uid), IsGone = false });
        }
    }

    /// <summary>
    /// The cluster has removed an incarnation. False when its successor is there already, or the removal is known. Two of one address may
    /// be members at once: a process that was started twice while it was away, and asked two others to let it in.
    /// </summary>
    internal bool OnRemoved(UniqueAddress node)
    {
        lock (_gate)
        {
            var known = _known.GetValueOrDefault(node.Address) ?? Known.Nothing;
            var isMember = known.Members.Contains(node.Uid);
            if (known.IsGone || (!isMember && (known.Members.Count > 0 || (known.Process ?? node.Uid) != node.Uid)))
                return false;
            var members = known.Members.Remove(node.Uid);
            Put(node.Address, known with { Members = members, IsGone = members.IsEmpty });
            return members.IsEmpty;
        }
    }

    internal bool IsGone(Address address) => _suspect is { } suspect && suspect.TryGetValue(address, out var known) && known.IsGone;

    internal Standing StandingOf(PeerIdentity peer)
    {
        if (_suspect is not { } suspect || !suspect.TryGetValue(peer.Address, out var known))
            return Standing.Welcome;
        if (known.Dead.Contains(peer.Uid))
            return Standing.Dead;
        return known.IsGone ? Standing.Mute : Standing.Welcome;
    }

    private void Put(Address address, Known known)
    {
        if (_known.Count >= MaxAddresses && !_known.ContainsKey(address))
        {
            Show(_known.GetAt(0).Key, Known.Nothing);
            _known.RemoveAt(0);
        }
        _known[address] = known;
        Show(address, known);
    }

    private void Show(Address address, Known known)
    {
        var suspect = _suspect ?? ImmutableDictionary<Address, Known>.Empty;
        suspect = known.IsGone || known.Dead.Count > 0 ? suspect.SetItem(address, known) : suspect.Remove(address);
        _suspect = suspect.IsEmpty ? null : suspect;
    }

    /// <summary>What is known of an address: the process there, its memberships, whether those were removed, and the processes before it.</summary>
    private sealed record Known(int? Process, ImmutableList<int> Members, bool IsGone, ImmutableList<int> Dead)
    {
        internal static readonly Known Nothing = new(null, [], IsGone: false, []);
    }
}
