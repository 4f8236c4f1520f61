namespace KvStore.Simulator.Linearizability;

/// <summary>
/// The configurations that a search has been in: which operations are placed, as a bit each, and the state they led to.
/// The bits of all lie in one array, so that a configuration costs no object of its own.
/// </summary>
internal sealed class VisitedSet<TState>
{
    private const int FirstCapacity = 64;

    private readonly int _words;
    private int[] _buckets = new int[FirstCapacity];
    private Entry[] _entries = new Entry[FirstCapacity];
    private ulong[] _bits;

    /// <summary>Creates a set of configurations of <paramref name="words"/> times 64 operations.</summary>
    public VisitedSet(int words)
    {
        _words = words;
        _bits = new ulong[FirstCapacity * words];
    }

    /// <summary>How many are in it.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a configuration; false when it was in it before.</summary>
    /// <param name="placed">The bits.</param>
    /// <param name="placedHash">A hash of the bits.</param>
    /// <param name="state">The state.</param>
    public bool Add(ReadOnlySpan<ulong> placed, ulong placedHash, TState state)
    {
        var hash = placedHash ^ ((ulong)(state is null ? 0 : EqualityComparer<TState>.Default.GetHashCode(state)) * 0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
        for (var at = _buckets[Bucket(hash)] - 1; at >= 0; at = _entries[at].Next)
        {
            if (_entries[at].Hash == hash
                && EqualityComparer<TState>.Default.Equals(_entries[at].State, state)
                && placed.SequenceEqual(_bits.AsSpan(at * _words, _words)))
                return false;
        }
        if (Count == _entries.Length)
            Grow();
        placed.CopyTo(_bits.AsSpan(Count * _words));
        _entries[Count] = new Entry(hash, 0, state);
        Link(Count++);
        return true;
    }

    private int Bucket(ulong hash) => (int)(hash & (ulong)(_buckets.Length - 1));

    // Buckets and links count from 1 and 0: an empty bucket holds 0.
    private void Link(int at)
    {
        ref var bucket = ref _buckets[Bucket(_entries[at].Hash)];
        _entries[at].Next = bucket - 1;
        bucket = at + 1;
    }

    private void Grow()
    {
        var capacity = _entries.Length * 2;
        Array.Resize(ref _entries, capacity);
        Array.Resize(ref _bits, checked(capacity * _words));
        _buckets = new int[capacity];
        for (var at = 0; at < Count; at++)
            Link(at);
    }

    private struct Entry(ulong hash, int next, TState state)
    {
        public readonly ulong Hash = hash;
        public readonly TState State = state;
        public int Next = next;
    }
}
