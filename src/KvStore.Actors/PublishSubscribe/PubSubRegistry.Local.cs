namespace KvStore.Actors.PublishSubscribe;

internal sealed partial class PubSubRegistry<TSubscriber>
{
    private readonly SortedDictionary<string, LocalTopic> _topics = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TSubscriber> _paths = new(StringComparer.Ordinal);

    /// <summary>Adds a subscriber; an empty group means none. Returns false when it subscribes to that already.</summary>
    /// <exception cref="ArgumentException">The topic or the group is longer than <see cref="RegistryKey.MaxNameBytes"/>.</exception>
    public bool Subscribe(string topic, string? group, TSubscriber subscriber, long nowMs)
    {
        group ??= "";
        PubSubCodec.ThrowIfTooLong(topic);
        PubSubCodec.ThrowIfTooLong(group);
        if (!_topics.TryGetValue(topic, out var local))
            _topics.Add(topic, local = new LocalTopic());
        if (!local.Add(group, subscriber))
            return false;
        AnnounceTopic(topic, group, local, nowMs);
        return true;
    }

    /// <summary>Removes a subscriber. Returns false when it did not subscribe to that.</summary>
    public bool Unsubscribe(string topic, string? group, TSubscriber subscriber, long nowMs)
    {
        group ??= "";
        if (!_topics.TryGetValue(topic, out var local) || !local.Remove(group, subscriber))
            return false;
        AnnounceTopic(topic, group, local, nowMs);
        if (local.IsEmpty)
            _topics.Remove(topic);
        return true;
    }

    /// <summary>Registers an actor under a path, which may replace another one.</summary>
    public void Put(string path, TSubscriber subscriber, long nowMs)
    {
        PubSubCodec.ThrowIfTooLong(path);
        _paths[path] = subscriber;
        AnnounceIfChanged(RegistryKey.Path(path), isPresent: true, nowMs);
    }

    /// <summary>Takes a path back; returns false when nothing was registered under it.</summary>
    public bool Remove(string path, long nowMs)
    {
        if (!_paths.Remove(path))
            return false;
        AnnounceIfChanged(RegistryKey.Path(path), isPresent: false, nowMs);
        return true;
    }

    /// <summary>A subscriber has died: all its subscriptions and paths are gone. Returns how many there were.</summary>
    public int RemoveSubscriber(TSubscriber subscriber, long nowMs)
    {
        var removed = 0;
        foreach (var (topic, local) in _topics.ToArray())
        {
            foreach (var group in local.GroupsOf(subscriber))
            {
                if (Unsubscribe(topic, group, subscriber, nowMs))
                    removed++;
            }
        }
        foreach (var (path, registered) in _paths.ToArray())
        {
            if (EqualityComparer<TSubscriber>.Default.Equals(registered, subscriber) && Remove(path, nowMs))
                removed++;
        }
        return removed;
    }

    /// <summary>
    /// This node's subscribers of the topic, each once, whatever its groups. The array is kept until something changes; the caller
    /// must not write to it.
    /// </summary>
    public TSubscriber[] LocalSubscribers(string topic) => _topics.TryGetValue(topic, out var local) ? local.All : [];

    /// <summary>This node's subscribers of the topic in one group.</summary>
    public TSubscriber[] LocalSubscribers(string topic, string group) => _topics.TryGetValue(topic, out var local) ? local.InGroup(group) : [];

    /// <summary>Who is registered under the path here; false where nobody is.</summary>
    public bool TryGetPath(string path, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TSubscriber subscriber) =>
        _paths.TryGetValue(path, out subscriber);

    /// <summary>The groups of the topic anywhere, in order, for a publisher that wants one message in each.</summary>
    public IReadOnlyList<string> Groups(string topic) =>
        [.. _buckets.Values.SelectMany(static b => b.Present).Where(k => k.Kind == RegistryKeyKind.Group && k.Name == topic)
            .Select(static k => k.Group).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private void AnnounceTopic(string topic, string group, LocalTopic local, long nowMs)
    {
        AnnounceIfChanged(RegistryKey.Topic(topic), !local.IsEmpty, nowMs);
        if (group.Length > 0)
            AnnounceIfChanged(RegistryKey.TopicGroup(topic, group), local.InGroup(group).Length > 0, nowMs);
    }

    private void AnnounceIfChanged(RegistryKey key, bool isPresent, long nowMs)
    {
        if (_own.Has(key) != isPresent)
            Announce(key, isPresent, nowMs);
    }

    /// <summary>The subscribers of one topic here, in the order in which they came.</summary>
    private sealed class LocalTopic
    {
        private readonly List<(string Group, TSubscriber Subscriber)> _entries = [];
        private TSubscriber[]? _all;
        private TSubscriber[]? _ungrouped;

        public bool IsEmpty => _entries.Count == 0;

        public TSubscriber[] All => _all ??= [.. _entries.Select(static e => e.Subscriber).Distinct()];

        public bool Add(string group, TSubscriber subscriber)
        {
            if (_entries.Contains((group, subscriber)))
                return false;
            _entries.Add((group, subscriber));
            _all = _ungrouped = null;
            return true;
        }

        public bool Remove(string group, TSubscriber subscriber)
        {
            _all = _ungrouped = null;
            return _entries.Remove((group, subscriber));
        }

        // Those without a group get every ordinary publish, which is the hot path.
        public TSubscriber[] InGroup(string group) => group.Length == 0 ? _ungrouped ??= Select(group) : Select(group);

        private TSubscriber[] Select(string group) => [.. _entries.Where(e => e.Group == group).Select(static e => e.Subscriber)];

        public string[] GroupsOf(TSubscriber subscriber) =>
            [.. _entries.Where(e => EqualityComparer<TSubscriber>.Default.Equals(e.Subscriber, subscriber)).Select(static e => e.Group)];
    }
}
