using System.Collections.Immutable;
using KvStore.Actors.Membership;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>
/// Who subscribes to what, on this node and on the others, as a pure state machine for the mediator: subscriptions, members and
/// the other nodes' messages go in, messages come out in <see cref="Outbox"/>, which the caller drains and clears. A local
/// subscriber is whatever <typeparamref name="TSubscriber"/> the caller uses; of remote nodes only keys are known, so a published
/// message crosses the wire once for each node.
/// </summary>
/// <remarks>
/// A change goes to all known nodes at once; whatever is lost is found by the statuses that are exchanged with
/// a random node each second. Only buckets of known nodes are accepted, or those of removed nodes would come back. Not thread-safe.
/// </remarks>
internal sealed partial class PubSubRegistry<TSubscriber>
    where TSubscriber : notnull
{
    private readonly PubSubSettings _settings;
    private readonly Random _random;
    private readonly SortedDictionary<UniqueAddress, Bucket> _buckets = [];
    private readonly SortedSet<UniqueAddress> _nodes = [];
    private readonly Dictionary<RegistryKey, UniqueAddress[]> _remoteCache = [];
    private Bucket _own;

    public PubSubRegistry(UniqueAddress self, PubSubSettings settings, int seed)
    {
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(settings);
        Self = self;
        _settings = settings;
        _random = new Random(seed);
        _own = new Bucket(self);
        _buckets.Add(self, _own);
    }

    public UniqueAddress Self { get; private set; }

    /// <summary>Drained and cleared by the caller after each input.</summary>
    public List<PubSubSend> Outbox { get; } = [];

    /// <summary>The other members that run a mediator.</summary>
    public IReadOnlyCollection<UniqueAddress> Nodes => _nodes;

    /// <summary>Every topic that somebody, here or elsewhere, subscribes to.</summary>
    public ImmutableSortedSet<string> Topics =>
        _buckets.Values.SelectMany(static b => b.Present).Where(static k => k.Kind == RegistryKeyKind.Topic).Select(static k => k.Name)
            .ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>
    /// This node has another uid now: what it announced died with the old one, so all of it is announced again. Without effect
    /// where the identity is the same.
    /// </summary>
    public void Rename(UniqueAddress self, long nowMs)
    {
        if (self == Self)
            return;
        var announced = _own.Present.ToArray();
        _buckets.Remove(Self);
        RemoveNode(self);
        Self = self;
        _own = new Bucket(self);
        _buckets.Add(self, _own);
        _remoteCache.Clear();
        foreach (var key in announced)
            _own.Announce(key, isPresent: true, nowMs);
        foreach (var node in _nodes)
            Outbox.Add(new PubSubSend(node, StatusOf(isReply: false)));
    }

    /// <summary>A member is Up: it is told what this node knows, and its own announcements are accepted from now on.</summary>
    public void AddNode(UniqueAddress node)
    {
        if (node != Self && _nodes.Add(node))
            Outbox.Add(new PubSubSend(node, StatusOf(isReply: false)));
    }

    /// <summary>A member was removed: nothing it announced counts any more.</summary>
    public void RemoveNode(UniqueAddress node)
    {
        if (!_nodes.Remove(node))
            return;
        _buckets.Remove(node);
        _remoteCache.Clear();
    }

    /// <summary>
    /// The other nodes with subscribers of the topic. The array is kept and handed out until something changes, for publishing is
    /// the hot path; the caller must not write to it.
    /// </summary>
    public UniqueAddress[] RemoteNodes(string topic) => RemoteNodes(RegistryKey.Topic(topic));

    /// <summary>The other nodes on which an actor is registered under the path.</summary>
    public UniqueAddress[] RemoteNodesOfPath(string path) => RemoteNodes(RegistryKey.Path(path));

    public UniqueAddress[] RemoteNodes(RegistryKey key)
    {
        if (_remoteCache.TryGetValue(key, out var nodes))
            return nodes;
        nodes = [.. _buckets.Values.Where(b => b.Owner != Self && b.Has(key)).Select(static b => b.Owner)];
        // Only what exists is kept: publishing to a new name each time must not fill the memory.
        if (nodes.Length > 0)
            _remoteCache[key] = nodes;
        return nodes;
    }

    /// <summary>Once in each gossip interval: compares notes with one of the others.</summary>
    public void GossipTick()
    {
        if (_nodes.Count > 0)
            Outbox.Add(new PubSubSend(_nodes.ElementAt(_random.Next(_nodes.Count)), StatusOf(isReply: false)));
    }

    /// <summary>Forgets this node's old removals. Twice in their time to live is often enough.</summary>
    public void Prune(long nowMs) => _own.Prune(nowMs - _settings.RemovedTimeToLiveMs);

    /// <summary>A message of another node's registry has arrived.</summary>
    public void OnMessage(IPubSubMessage message)
    {
        switch (message)
        {
            case PubSubStatus status:
                OnStatus(status);
                break;
            case PubSubDelta delta:
                OnDelta(delta);
                break;
            default:
                throw new ArgumentException($"The registry does not know messages of the type {message.GetType().Name}.", nameof(message));
        }
    }

    private void OnStatus(PubSubStatus status)
    {
        if (!_nodes.Contains(status.From))
            return;
        var known = new Dictionary<UniqueAddress, BucketDigest>();
        foreach (var digest in status.Digests)
            known[digest.Owner] = digest;
        // What the owner has forgotten, those who have heard of it may forget too.
        if (known.TryGetValue(status.From, out var theirOwn) && _buckets.TryGetValue(status.From, out var theirs) && theirs.Version >= theirOwn.PrunedBelow)
            theirs.Forget(theirOwn.PrunedBelow);

        var deltas = ImmutableArray.CreateBuilder<BucketDelta>();
        var left = _settings.MaxDeltaElements;
        foreach (var bucket in _buckets.Values)
        {
            // Nobody knows a bucket better than its owner.
            if (bucket.Owner == status.From || left == 0 || deltas.Count == PubSubCodec.MaxBuckets)
                continue;
            var delta = bucket.DeltaFor(known.GetValueOrDefault(bucket.Owner, new BucketDigest(bucket.Owner, 0, 0)), left);
            if (delta is null)
                continue;
            left -= delta.Changes.Length;
            deltas.Add(delta);
            if (delta.HasMore)
                break;
        }
        if (deltas.Count > 0)
            Outbox.Add(new PubSubSend(status.From, new PubSubDelta(Self, deltas.ToImmutable())));
        if (!status.IsReply && status.Digests.Any(LacksSomethingOf))
            Outbox.Add(new PubSubSend(status.From, StatusOf(isReply: true)));
    }

    private bool LacksSomethingOf(BucketDigest digest) =>
        _nodes.Contains(digest.Owner) && digest.Version > (_buckets.TryGetValue(digest.Owner, out var bucket) ? bucket.Version : 0);

    private void OnDelta(PubSubDelta delta)
    {
        if (!_nodes.Contains(delta.From))
            return;
        var wantsMore = false;
        foreach (var part in delta.Buckets)
        {
            if (!_nodes.Contains(part.Owner))
                continue;
            if (!_buckets.TryGetValue(part.Owner, out var bucket))
                _buckets.Add(part.Owner, bucket = new Bucket(part.Owner));
            var before = bucket.Version;
            var isComplete = bucket.Apply(part);
            // A chunk that brought something is followed by a request for the next; one that did not would go on for ever.
            wantsMore |= !isComplete || (part.HasMore && bucket.Version != before);
        }
        _remoteCache.Clear();
        if (wantsMore)
            Outbox.Add(new PubSubSend(delta.From, StatusOf(isReply: true)));
    }

    private PubSubStatus StatusOf(bool isReply) => new(Self, [.. _buckets.Values.Select(static b => b.Digest)], isReply);

    private void Announce(RegistryKey key, bool isPresent, long nowMs)
    {
        var delta = _own.Announce(key, isPresent, nowMs);
        foreach (var node in _nodes)
            Outbox.Add(new PubSubSend(node, new PubSubDelta(Self, [delta])));
    }
}
