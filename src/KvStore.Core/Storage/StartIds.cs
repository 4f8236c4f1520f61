using System.Runtime.InteropServices;

namespace KvStore.Core.Storage;

/// <summary>Every start id that an entry of the table was stamped with, so that records hold a small index.</summary>
internal sealed class StartIds
{
    /// <summary>A record has 24 bits for the index: 16 million process starts.</summary>
    private const int MaxCount = 1 << 24;

    private readonly List<ulong> _ids = [0];
    private readonly Dictionary<ulong, int> _indexes = new() { [0] = 0 };
    private ulong _lastId;
    private int _lastIndex;

    public ulong this[int index] => CollectionsMarshal.AsSpan(_ids)[index];

    /// <summary>The index of <paramref name="id"/>, a new one if it was never seen.</summary>
    /// <exception cref="InvalidOperationException">More process starts than a record can tell apart.</exception>
    public int IndexOf(ulong id)
    {
        if (id == _lastId)
            return _lastIndex;
        if (!_indexes.TryGetValue(id, out var index))
        {
            index = _ids.Count;
            if (index == MaxCount)
                throw new InvalidOperationException($"The table holds versions of {MaxCount} process starts, and a record can tell no more apart.");
            _ids.Add(id);
            _indexes.Add(id, index);
        }
        (_lastId, _lastIndex) = (id, index);
        return index;
    }
}
