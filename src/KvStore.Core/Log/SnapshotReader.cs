using System.Buffers.Binary;

namespace KvStore.Core.Log;

/// <summary>
/// Reads a snapshot: blocks of items, then an end record that counts them, and nothing behind it. It is published only when it is
/// complete and synced, so that anything else is damage.
/// </summary>
internal sealed class SnapshotReader(IDiskFile file, long number)
{
    private const int EndPayloadBytes = 2 * sizeof(long);

    private readonly RecordReader _reader = new(file, number, LogHeader.Size);
    private long _blocks;
    private long _items;

    /// <summary>The greatest position of the log that was synced while it was written.</summary>
    public LogPosition Claim { get; private set; }

    /// <summary>Bytes read.</summary>
    public long Offset => _reader.Offset;

    /// <summary>Goes on for about <paramref name="budget"/> bytes, which it takes off; true when all was read.</summary>
    /// <exception cref="CorruptLogException">It is damaged.</exception>
    public bool Step(ref long budget, ILogSink sink)
    {
        while (budget > 0)
        {
            var offset = _reader.Offset;
            if (_reader.Read(out var record, out var payload) != ReadOutcome.Record)
                throw Damage(offset, offset >= file.Length ? "the snapshot is cut short" : "the snapshot is damaged");
            budget -= record.Size;
            Claim = record.Synced > Claim ? record.Synced : Claim;
            switch (record.Kind)
            {
                case LogRecordKind.Block:
                    _blocks++;
                    ApplyItems(payload, sink, offset);
                    break;
                case LogRecordKind.SnapshotEnd:
                    CheckEnd(payload.Span, offset);
                    return true;
                default:
                    throw Damage(offset, $"a {record.Kind} record has no place in a snapshot");
            }
        }
        return false;
    }

    private void ApplyItems(ReadOnlyMemory<byte> payload, ILogSink sink, long offset)
    {
        try
        {
            foreach (var item in LogItemCodec.ReadAll(payload))
            {
                _items++;
                sink.Apply(item);
            }
        }
        catch (FormatException error)
        {
            throw Damage(offset, "the checksum is right and the items are not: " + error.Message.TrimEnd('.'));
        }
    }

    private void CheckEnd(ReadOnlySpan<byte> payload, long offset)
    {
        if (payload.Length != EndPayloadBytes
            || BinaryPrimitives.ReadInt64LittleEndian(payload) != _blocks
            || BinaryPrimitives.ReadInt64LittleEndian(payload[sizeof(long)..]) != _items)
        {
            throw Damage(offset, $"the end of the snapshot does not count the {_blocks} blocks and {_items} items before it");
        }
        if (_reader.Offset != file.Length)
            throw Damage(_reader.Offset, "bytes follow the end of the snapshot");
    }

    private CorruptLogException Damage(long offset, string what) => new(file.Name, offset, what, Recovery.Advice);
}
