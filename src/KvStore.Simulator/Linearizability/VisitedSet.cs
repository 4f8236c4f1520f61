namespace KvStore.Simulator.Linearizability;

/// <summary>
/// The configurations that a search has been in: which operations are placed, as a bit each, and the state they led to.
/// One that differs from another only in that it has placed more of unknown outcome can do nothing that the other can't:
/// it counts as visited, too. The bits of all lie in one array, so that a configuration costs no object of its own.
/// </summary>
internal sealed class VisitedSet<TState>
{
    private const int FirstCapacity = 64;

    // With so many that differ only in what is of unknown outcome, to look for one that can do as much costs more than it
    // saves. What is not found is visited again, and counted.
    private const int MostCompared = 256;

    private readonly int _words;
    private readonly int _knownWords;
    private int[] _buckets = new int[FirstCapacity];
    private Entry[] _entries = new Entry[FirstCapacity];
    private ulong[] _bits;

    /// <summary>Creates an empty set.</summary>
    /// <param name="knownWords">How many words of 64 bits are for operations that any order must hold. They come first.</param>
    /// <param name="unknownWords">How many are for those of unknown outcome.</param>
    public VisitedSet(int knownWords, int unknownWords)
    {
        _knownWords = knownWords;
        _words = knownWords + unknownWords;
        _bits = new ulong[FirstCapacity * _words];
    }

    /// <summary>How many are in it.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a configuration; false when it, or one that can do as much, was in it before.</summary>
    /// <param name="placed">The bits.</param>
    /// <param name="knownHash">A hash of the bits of known operations.</param>
    /// <param name="state">The state.</param>
    public bool Add(ReadOnlySpan<ulong> placed, ulong knownHash, TState state)
    {
        var hash = knownHash ^ ((ulong)(state is null ? 0 : EqualityComparer<TState>.Default.GetHashCode(state)) * 0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
        var compared = 0;
        for (var at = _buckets[Bucket(hash)] - 1; at >= 0 && compared < MostCompared; at = _entries[at].Next)
        {
            if (_entries[at].Hash != hash || !EqualityComparer<TState>.Default.Equals(_entries[at].State, state))
                continue;
            compared++;
            if (CanDoAsMuchAs(placed, _bits.AsSpan(at * _words, _words)))
                return false;
        }
        if (Count == _entries.Length)
            Grow();
        placed.CopyTo(_bits.AsSpan(Count * _words));
        _entries[Count] = new Entry(hash, 0, state);
        Link(Count++);
        return true;
    }

    private bool CanDoAsMuchAs(ReadOnlySpan<ulong> placed, ReadOnlySpan<ulong> visited)
    {
        if (!placed[.._knownWords].SequenceEqual(visited[.._knownWords]))
            return false;
        for (var i = _knownWords; i < _words; i++)
        {
            if ((visited[i] & ~placed[i]) != 0)
                return false;
        }
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
