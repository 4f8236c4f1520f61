namespace KvStore.Core.Replication;

/// <summary>
/// Mutations that were accepted and numbered but not yet published. They are encoded when the command executes: a record
/// that is overwritten in place later in the same batch must not change what was queued.
/// </summary>
internal sealed class PendingMutations(ulong origin)
{
    private byte[] _buffer = new byte[4096];
    private int _length;
    private int _count;

    /// <summary>The number of the last mutation that was accepted.</summary>
    public long Last { get; private set; }

    /// <summary>Bytes that wait.</summary>
    public int Length => _length;

    /// <summary>Gives the record its number and queues it.</summary>
    public void Add(in EntryRecord record)
    {
        var size = EntryRecord.MaxSize(record.Key.Length, record.Value.Length);
        if (_buffer.Length - _length < size)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, checked(_length + size)));
        _length += record.Write(_buffer.AsSpan(_length), origin);
        _count++;
        Last++;
    }

    /// <summary>What waits, as one message; null when nothing does.</summary>
    public Mutations? Take()
    {
        if (_count == 0)
            return null;
        var message = new Mutations(origin, Last - _count + 1, _count, _buffer.AsSpan(0, _length).ToArray());
        _length = 0;
        _count = 0;
        if (_buffer.Length > 1 << 20)
            _buffer = new byte[4096];
        return message;
    }
}
