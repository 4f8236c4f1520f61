using KvStore.Core.Replication;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Healing;

/// <summary>
/// Makes one of two clusters that a split has left: asks those outside while a registered replica is away, tells the operator, and moves this node
/// when its side is provably the lesser, or somebody has said so. Used on the store's turn only.
/// </summary>
internal sealed class SplitHealing(Cluster cluster, IReadOnlyList<Address> seeds, IOutsideLine line, Replica replica, NodeEndpoints endpoints, ILoggingAdapter log)
{
    /// <summary>How often it looks whether anything is due.</summary>
    private const long LookIntervalMs = 1000;

    /// <summary>
    /// Addresses asked in one round; where there are more, they take turns. One that answers says where all of its cluster are, and each node asks.
    /// </summary>
    private const int MaxProbes = 8;

    private const string NotOfThisDatabase = "it is another database, as far as is known here, or was forgotten, and the nodes of one of the two give up their data when they meet";

    private readonly SplitWatch _watch = new();
    private long _lookAtMs;
    private long _probeAtMs;
    private int _nextTarget;
    private bool _isAnnounced;

    /// <summary>Time has passed.</summary>
    /// <param name="nowMs">On a clock that does not run backwards.</param>
    public void Tick(long nowMs)
    {
        if (nowMs < _lookAtMs || !line.IsOpen)
            return;
        _lookAtMs = nowMs + LookIntervalMs;
        if (_watch.Others.Count == 0 && nowMs < _probeAtMs)
            return;
        var mine = Picture();
        _watch.Tick(mine, nowMs);
        Announce(mine);
        if (nowMs >= _probeAtMs)
        {
            _probeAtMs = nowMs + SplitWatch.ProbeIntervalMs;
            Probe(mine);
        }
        if (_watch.GivesWayTo(mine, nowMs) is { } greater)
            Send(mine, greater);
    }

    /// <summary>A message of another cluster's node, or of one that moves with this; false when it is nothing of the kind.</summary>
    /// <param name="message">What the actor received.</param>
    /// <param name="nowMs">As for <see cref="Tick"/>.</param>
    public bool Receive(object message, long nowMs)
    {
        if (line.Read(message) is not { } outside)
            return false;
        switch (HealingCodec.TryDecode(outside.Content.Span))
        {
            case Sighting sighting:
                OnSighting(sighting, outside.From, nowMs);
                break;
            case Move move:
                OnMove(move, outside.From);
                break;
        }
        return true;
    }

    /// <summary>
    /// Has the nodes of every cluster but the greatest join that one, whether it is proven to be or not.
    /// </summary>
    public AdministrationAnswer Heal()
    {
        if (!line.IsOpen)
            return AdministrationAnswer.Refused("this actor engine can't: start the nodes of the lesser cluster again, and they join the other");
        var mine = Picture();
        if (mine.Members.Count == 0)
            return AdministrationAnswer.Refused("this node is in no cluster, and asks to be let in by itself");
        if (_watch.Others.Count == 0)
            return AdministrationAnswer.Refused($"no other cluster is seen from here; while a replica is away or forgotten, one is seen within {SplitWatch.ProbeIntervalMs / 1000} seconds");
        ClusterPicture[] all = [mine, .. _watch.Others.Select(static o => o.Picture)];
        var greatest = Sides.Greatest(all);
        ClusterPicture[] lesser = [.. all.Where(side => side != greatest)];
        // Its own last: from then on this node is in no cluster.
        foreach (var side in lesser.OrderBy(side => side == mine))
            Send(side, greatest);
        var moving = lesser.Sum(static side => side.Members.Count);
        var warning = _watch.Others.Any(other => Registered(other.Picture).Count == 0) ? "; " + NotOfThisDatabase : "";
        return AdministrationAnswer.Done(
            $"{moving} {(moving == 1 ? "node" : "nodes")} ({string.Join(", ", lesser.Select(Places))}) told to join the cluster of {greatest.Members.Count} ({Places(greatest)}){warning}");
    }

    /// <summary>What INFO says of it.</summary>
    public void AppendInfo(InfoText info)
    {
        info.Field("clusters_outside", _watch.Others.Count);
        var index = 0;
        var mine = _watch.Others.Count == 0 ? null : Picture();
        foreach (var other in _watch.Others)
        {
            var picture = other.Picture;
            info.Field(
                $"outside{index++}",
                $"members={picture.Members.Count},replicas={picture.Replicas.Count},registered_here={Registered(picture).Count},this_side={Side(mine!, picture)},agreed={(other.AgreedSinceMs is null ? "no" : "yes")},addresses={Places(picture).Replace(", ", " ", StringComparison.Ordinal)}");
        }
    }

    private static string Side(ClusterPicture mine, ClusterPicture theirs) => Sides.IsLesser(mine, theirs) switch
    {
        true => "gives_way",
        false => "stays",
        null => "undecided",
    };

    private static string Places(ClusterPicture picture) =>
        string.Join(", ", picture.Members.Select(static m => m.Address[(m.Address.IndexOf('@', StringComparison.Ordinal) + 1)..]));

    private ClusterPicture Picture()
    {
        var state = cluster.State;
        PicturedMember[] members = [.. state.Members
            .Select(static m => new PicturedMember(m.Address.ToString(), m.UniqueAddress.Uid))
            .OrderBy(static m => m.Address, StringComparer.Ordinal).ThenBy(static m => m.Uid)];
        ulong[] live = [.. replica.Replicas.Where(static r => r.State == ReplicaState.Live).Select(static r => r.Store).Order()];
        var isSettled = state.Unreachable.IsEmpty && members.Length == live.Length && state.Members.All(static m => m.Status == MemberStatus.Up);
        var since = replica.Peers.Where(static p => p.Reachable).Select(static p => p.StartedMs).Append(replica.StartedMs).Min();
        return new ClusterPicture(members, isSettled, live, since, _watch.Seen);
    }

    private List<RegisteredReplica> Registered(ClusterPicture theirs) =>
        [.. replica.Registry.Current.Where(entry => theirs.Replicas.Contains(entry.Store)).OrderBy(static entry => entry.Name, StringComparer.Ordinal)];

    private void OnSighting(Sighting sighting, Address from, long nowMs)
    {
        var theirs = sighting.Picture;
        var mine = Picture();
        var isRecognised = Registered(theirs).Count > 0;
        if (mine.Members.Count > 0)
            _watch.OnPicture(mine, theirs, isRecognised, nowMs);
        else if (theirs.Members.Count > 0 && isRecognised)
            line.JoinInstead(AddressesOf(theirs.Members.Select(static m => m.Address)));
        if (!sighting.IsAnswer)
            Tell(from, new Sighting(mine with { Sees = _watch.Seen }, IsAnswer: true));
    }

    private void OnMove(Move move, Address from)
    {
        var self = cluster.SelfUniqueAddress;
        if (!move.Who.Contains(new PicturedMember(self.Address.ToString(), self.Uid)))
            return;
        var to = AddressesOf(move.To);
        if (to.Count == 0)
            return;
        log.Warning("{0} says that this node's cluster is the lesser of two: joining the other, at {1}", from, string.Join(", ", to));
        line.JoinInstead(to);
    }

    // No address is asked while all replicas are live: none can be elsewhere then. A forgotten one may be, and may have forgotten these.
    private void Probe(ClusterPicture mine)
    {
        if (mine.Members.Count == 0 || replica.Replicas.All(static r => r.State == ReplicaState.Live))
            return;
        Address[] targets = [.. line.RemovedAddresses
            .Concat(seeds)
            .Concat(AddressesOf(_watch.Others.SelectMany(static o => o.Picture.Members).Select(static m => m.Address)))
            .Distinct()
            .Where(address => !mine.Members.Any(m => m.Address == address.ToString()))];
        var count = Math.Min(targets.Length, MaxProbes);
        for (var i = 0; i < count; i++)
            Tell(targets[(_nextTarget + i) % targets.Length], new Sighting(mine, IsAnswer: false));
        _nextTarget = targets.Length == 0 ? 0 : (_nextTarget + count) % targets.Length;
    }

    private void Send(ClusterPicture lesser, ClusterPicture greater)
    {
        string[] to = [.. greater.Members.Select(static m => m.Address)];
        var self = cluster.SelfAddress.ToString();
        foreach (var address in AddressesOf(lesser.Members.Select(static m => m.Address).Where(address => address != self)))
            Tell(address, new Move(lesser.Members, to));
        if (!lesser.Members.Any(m => m.Address == self))
            return;
        log.Warning("this node's cluster is the lesser of two: joining the other, of {0} members, at {1}", greater.Members.Count, Places(greater));
        line.JoinInstead(AddressesOf(to));
    }

    private void Tell(Address to, HealingMessage message)
    {
        if (HealingCodec.TryEncode(message) is { } bytes)
            line.Tell(to, bytes);
    }

    // What is no address of this system comes from somewhere else.
    private List<Address> AddressesOf(IEnumerable<string> texts)
    {
        var self = cluster.SelfAddress;
        var addresses = new List<Address>();
        foreach (var text in texts)
        {
            if (Address.TryParse(text, out Address? address) && address.Protocol == self.Protocol && address.System == self.System && address.Port is > 0)
                addresses.Add(address);
        }
        return addresses;
    }

    private void Announce(ClusterPicture mine)
    {
        if (_watch.Others.Count == 0)
        {
            if (_isAnnounced)
                log.Info("no other cluster is seen any more");
            _isAnnounced = false;
            return;
        }
        if (_isAnnounced)
            return;
        _isAnnounced = true;
        var theirs = _watch.Others[0].Picture;
        var known = Registered(theirs);
        var gateway = endpoints.Gateway?.ToString() ?? "a node's gateway";
        log.Warning(
            "{0} members at {1} live outside of this cluster of {2}, {3}",
            theirs.Members.Count,
            Places(theirs),
            mine.Members.Count,
            known.Count == 0
                ? $"and none of their replicas is registered here: {NotOfThisDatabase}. To make one of the two all the same: kv cluster heal --at {gateway}"
                : $"with the replicas {string.Join(", ", known.Select(static r => r.Name))}: the cluster has split in two. Where they do not become one within a minute: kv cluster heal --at {gateway}");
    }
}
