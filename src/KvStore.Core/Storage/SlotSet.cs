using System.Buffers.Binary;
using System.Numerics;

namespace KvStore.Core.Storage;

/// <summary>
/// Some of the 256 slots of one partition: those that two replicas found to differ. A slot is counted within its partition;
/// of a number from 0 to 16383 the part above is ignored.
/// </summary>
public sealed class SlotSet
{
    /// <summary>What <see cref="Write"/> writes, in bytes: a bit for each slot.</summary>
    public const int SizeBytes = Table.SlotsPerPartition / 8;

    private const int WordBits = 64;
    private const int SlotMask = Table.SlotsPerPartition - 1;

    private readonly ulong[] _words = new ulong[Table.SlotsPerPartition / WordBits];

    /// <summary>True when all slots are in it.</summary>
    public bool IsFull => Count == Table.SlotsPerPartition;

    /// <summary>How many slots are in it.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _words)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>All slots; not to be added to, which would change nothing.</summary>
    public static SlotSet All { get; } = Full();

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="source">At least <see cref="SizeBytes"/>.</param>
    public static SlotSet Read(ReadOnlySpan<byte> source)
    {
        var set = new SlotSet();
        for (var i = 0; i < set._words.Length; i++)
            set._words[i] = BinaryPrimitives.ReadUInt64LittleEndian(source[(i * sizeof(ulong))..]);
        return set;
    }

    private static SlotSet Full()
    {
        var set = new SlotSet();
        Array.Fill(set._words, ulong.MaxValue);
        return set;
    }

    /// <summary>Puts a slot into the set.</summary>
    public void Add(int slot) => _words[(slot & SlotMask) / WordBits] |= 1UL << slot;

    /// <summary>The slots of this set that are not in <paramref name="other"/>, as a set of its own.</summary>
    public SlotSet Except(SlotSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var rest = new SlotSet();
        for (var i = 0; i < _words.Length; i++)
            rest._words[i] = _words[i] & ~other._words[i];
        return rest;
    }

    /// <summary>True when both have the same slots.</summary>
    public bool SetEquals(SlotSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _words.AsSpan().SequenceEqual(other._words);
    }

    /// <summary>Takes a slot out of the set.</summary>
    public void Remove(int slot) => _words[(slot & SlotMask) / WordBits] &= ~(1UL << slot);

    /// <summary>True when the slot is in the set.</summary>
    public bool Contains(int slot) => (_words[(slot & SlotMask) / WordBits] & (1UL << slot)) != 0;

    /// <summary>Writes a bit for each slot, the lowest of the first byte for slot 0.</summary>
    /// <param name="destination">At least <see cref="SizeBytes"/>.</param>
    public void Write(Span<byte> destination)
    {
        for (var i = 0; i < _words.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(i * sizeof(ulong))..], _words[i]);
    }
}
