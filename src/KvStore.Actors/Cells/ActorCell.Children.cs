namespace KvStore.Actors;

/// <summary>The children: names, order of birth, and which of them are being stopped.</summary>
internal sealed partial class ActorCell
{
    // Guarded by itself: the guardians' children are started from any thread, and selections look names up.
    private readonly Dictionary<string, ChildRecord> _children = new(StringComparer.Ordinal);
    private long _unnamedChildren;
    private bool _closedToChildren;

    public IActorRef ActorOf(Props props, string? name = null) => StartChild(props, name, isEngineName: false);

    /// <summary>Called from any thread for the guardians, else on the actor's turn.</summary>
    internal LocalActorRef StartChild(Props props, string? name, bool isEngineName)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null && !isEngineName && !ActorPath.IsValidPathElement(name))
            throw new InvalidActorNameException($"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters, digits and {ActorPath.ValidSymbols}");
        LocalActorRef child;
        lock (_children)
        {
            if (_closedToChildren)
                throw new InvalidOperationException($"Cannot create child while terminating or terminated: {_self}");
            name ??= NextName();
            if (_children.ContainsKey(name))
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            var path = new ChildActorPath(_self.Path, name, SystemImpl.NextUid());
            child = new LocalActorRef(SystemImpl, props, path, SystemImpl.Dispatchers.For(path, props), _self);
            _children.Add(name, new ChildRecord(child));
        }
        ((IInternalActorRef)child).Start();
        return child;
    }

    public IActorRef Child(string name) => FindChild(name) ?? (IActorRef)Nobody.Instance;

    /// <summary>Called from any thread.</summary>
    internal IInternalActorRef? FindChild(string name)
    {
        lock (_children)
        {
            return _children.TryGetValue(name, out var record) ? record.Ref : null;
        }
    }

    public IEnumerable<IActorRef> GetChildren() => Children();

    public void Stop(IActorRef child)
    {
        if (RecordOf(child) is { } record)
            record.IsStopping = true;
        ((IInternalActorRef)child).Stop();
    }

    private LocalActorRef[] Children()
    {
        lock (_children)
        {
            return [.. _children.Values.Select(record => record.Ref)];
        }
    }

    internal ChildRecord? RecordOf(IActorRef child)
    {
        lock (_children)
        {
            return _children.TryGetValue(child.Path.Name, out var record) && record.Ref.Equals(child) ? record : null;
        }
    }

    private bool AnyChildIsStopping()
    {
        lock (_children)
        {
            return _children.Values.Any(record => record.IsStopping);
        }
    }

    private void SuspendChildren(IActorRef? except)
    {
        foreach (IInternalActorRef child in Children())
        {
            if (!child.Equals(except))
                child.Suspend();
        }
    }

    /// <summary>True when no children are left and none can come.</summary>
    private bool CloseToChildren()
    {
        lock (_children)
        {
            _closedToChildren = true;
            return _children.Count == 0;
        }
    }

    private bool RemoveChild(IActorRef child)
    {
        lock (_children)
        {
            return _children.TryGetValue(child.Path.Name, out var record) && record.Ref.Equals(child) && _children.Remove(child.Path.Name);
        }
    }

    private string NextName()
    {
        const string digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
        var name = "$";
        var n = _unnamedChildren++;
        do
        {
            name += digits[(int)(n & 63)];
            n >>= 6;
        }
        while (n != 0);
        return name;
    }
}

/// <summary>What a supervisor knows of a child; see <see cref="MayRestart"/> for the counting.</summary>
internal sealed class ChildRecord(LocalActorRef child)
{
    private int _restarts;
    private long? _windowStart;

    internal LocalActorRef Ref { get; } = child;

    internal bool IsStopping { get; set; }

    /// <summary>
    /// Counts a restart. With a window, at most <paramref name="maxRestarts"/> (1 if unlimited) may fall in one window; without, at
    /// most that many ever. Negative means unlimited.
    /// </summary>
    internal bool MayRestart(int maxRestarts, int withinMs, TimeProvider time)
    {
        if (maxRestarts == 0)
            return false;
        if (withinMs <= 0)
            return maxRestarts < 0 || ++_restarts <= maxRestarts;
        var now = time.GetTimestamp();
        _windowStart ??= now;
        if (time.GetElapsedTime(_windowStart.Value, now).TotalMilliseconds > withinMs)
        {
            _windowStart = now;
            _restarts = 0;
        }
        return ++_restarts <= Math.Max(maxRestarts, 1);
    }
}
