using System.Buffers.Binary;
using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;

namespace KvStore.Protocol.Peer;

/// <summary>
/// Reads the fields of <see cref="PeerCodec"/>'s grammar. Whatever the bytes are, the outcome is a field or a
/// <see cref="FormatException"/>, and no length is believed before the bytes are there.
/// </summary>
internal ref struct PeerReader(byte[] bytes)
{
    /// <summary>Start id, number and clock.</summary>
    public const int VectorEntryBytes = 24;

    public const int DigestBytes = 16;

    private int _at;

    public byte Byte()
    {
        Need(1);
        return bytes[_at++];
    }

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw Malformed("a flag that is neither 0 nor 1"),
    };

    public ulong UInt64()
    {
        Need(sizeof(ulong));
        var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(_at));
        _at += sizeof(ulong);
        return value;
    }

    /// <summary>A number of mutations or entries: not negative.</summary>
    public long Number()
    {
        var value = (long)UInt64();
        return value >= 0 ? value : throw Malformed("a negative number");
    }

    public int Count()
    {
        Need(sizeof(int));
        var value = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(_at));
        _at += sizeof(int);
        return value >= 0 ? value : throw Malformed("a negative count");
    }

    public int Partition(bool orRoot)
    {
        int partition = Byte();
        return partition < Table.Partitions || (orRoot && partition == DigestRequest.Root) ? partition : throw Malformed("a partition that is none");
    }

    public TransferStep Step()
    {
        var step = (TransferStep)Byte();
        return step <= TransferStep.Wanted ? step : throw Malformed("a step that is none");
    }

    public SlotSet Slots()
    {
        Need(SlotSet.SizeBytes);
        var slots = SlotSet.Read(bytes.AsSpan(_at));
        _at += SlotSet.SizeBytes;
        return slots;
    }

    public ReadOnlyMemory<UInt128> Digests(int count)
    {
        Need(count * DigestBytes);
        var digests = new UInt128[count];
        foreach (ref var digest in digests.AsSpan())
        {
            digest = BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(_at));
            _at += DigestBytes;
        }
        return digests;
    }

    public string Text()
    {
        Need(sizeof(ushort));
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(_at));
        _at += sizeof(ushort);
        Need(length);
        var text = Encoding.UTF8.GetString(bytes, _at, length);
        _at += length;
        return text;
    }

    public OriginVector Vector(int maxEntries)
    {
        var count = Count();
        if (count > maxEntries)
            throw Malformed($"a vector of {count} entries");
        Need(count * VectorEntryBytes);
        var entries = new KeyValuePair<ulong, OriginMark>[count];
        for (var i = 0; i < count; i++)
            entries[i] = new(UInt64(), new OriginMark(Number(), UInt64()));
        return new OriginVector(entries);
    }

    /// <summary>Start ids.</summary>
    public ulong[] Ids(int maxEntries)
    {
        var count = Count();
        if (count > maxEntries)
            throw Malformed($"a list of {count} start ids");
        Need(count * sizeof(ulong));
        var ids = new ulong[count];
        for (var i = 0; i < count; i++)
            ids[i] = UInt64();
        return ids;
    }

    /// <summary>Slots, each once.</summary>
    public int[] Suspects()
    {
        var count = Count();
        if (count > Slot.Count)
            throw Malformed($"a list of {count} slots");
        Need(count * sizeof(ushort));
        var slots = new int[count];
        for (var i = 0; i < count; i++)
        {
            slots[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(_at));
            _at += sizeof(ushort);
            if (slots[i] >= Slot.Count || (i > 0 && slots[i] <= slots[i - 1]))
                throw Malformed("slots that are none or not in order");
        }
        return slots;
    }

    /// <summary>The rest of the message.</summary>
    public ReadOnlySpan<byte> Rest()
    {
        var rest = bytes.AsSpan(_at);
        _at = bytes.Length;
        return rest;
    }

    /// <summary>The rest of the message, checked to be this many records.</summary>
    public ReadOnlyMemory<byte> Records(int count)
    {
        var records = bytes.AsMemory(_at);
        EntryRecord.Validate(records.Span, count);
        _at = bytes.Length;
        return records;
    }

    /// <summary>The rest of the message, checked to be as long as a list of this many entries.</summary>
    public ReadOnlyMemory<byte> Listed(int count)
    {
        var listed = bytes.AsMemory(_at);
        if (listed.Length != (long)count * ListedEntry.SizeBytes)
            throw Malformed($"a list of {count} entries in {listed.Length} bytes");
        _at = bytes.Length;
        return listed;
    }

    public readonly void End()
    {
        if (_at != bytes.Length)
            throw Malformed("bytes behind its end");
    }

    private readonly void Need(int count)
    {
        if (bytes.Length - _at < count)
            throw Malformed("cut short");
    }

    private static FormatException Malformed(string what) => new($"Malformed message between replicas: {what}.");
}
