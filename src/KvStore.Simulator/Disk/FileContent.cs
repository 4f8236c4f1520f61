namespace KvStore.Simulator.Disk;

/// <summary>
/// What a file has, whatever its name: the bytes that a process reads, and for each change since the last sync what was there
/// before. A write costs its bytes, a sync next to nothing; only a power cut reads what was there before.
/// </summary>
internal sealed partial class FileContent
{
    /// <summary>A buffer that one huge write has grown is not kept beyond the sync.</summary>
    private const int KeptBytes = 256 * 1024;

    private readonly PagedBytes _bytes;
    private readonly List<Change> _changes = [];

    // The bytes that the changes replaced, one change's behind the other's.
    private byte[] _old = [];
    private int _oldLength;
    private bool _isForgotten;

    /// <summary>An empty file.</summary>
    public FileContent() => _bytes = new PagedBytes();

    private FileContent(FileContent other)
    {
        _bytes = other._bytes.Clone();
        _changes.AddRange(other._changes);
        _old = other._old.AsSpan(0, other._oldLength).ToArray();
        _oldLength = other._oldLength;
        _isForgotten = other._isForgotten;
        Length = other.Length;
        Rots.AddRange(other.Rots);
    }

    /// <summary>Bytes, reserved ones included.</summary>
    public long Length { get; private set; }

    /// <summary>The bits that were flipped in it.</summary>
    public List<DiskRot> Rots { get; } = [];

    /// <summary>A copy of its own, as it is, with what is not synced.</summary>
    public FileContent Clone() => new(this);

    /// <summary>Reads at <paramref name="offset"/>; how many bytes.</summary>
    public int Read(long offset, Span<byte> destination)
    {
        var count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        _bytes.Read(offset, destination[..count]);
        return count;
    }

    /// <summary>Writes all of <paramref name="bytes"/>; the file grows when they end behind it.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        Remember(offset, bytes.Length, isCut: false);
        _bytes.Write(offset, bytes);
        Length = Math.Max(Length, offset + bytes.Length);
    }

    /// <summary>Makes the file longer by zeros.</summary>
    public void Reserve(long length)
    {
        if (length <= Length)
            return;
        Remember(Length, count: 0, isCut: false);
        Length = length;
    }

    /// <summary>Makes the file shorter.</summary>
    public void Cut(long length)
    {
        if (length >= Length)
            return;
        Remember(length, (int)Math.Max(_bytes.EndOfData() - length, 0), isCut: true);
        _bytes.Clear(length);
        Length = length;
    }

    /// <summary>What was written survives a power cut from here on; unless a sync has failed before, and was forgotten.</summary>
    public void Sync()
    {
        if (!_isForgotten)
            Settle();
    }

    /// <summary>A sync failed, and no later one will write what it should have.</summary>
    public void ForgetSync() => _isForgotten = true;

    /// <summary>A bit of a byte that was synced and not written since; null when chance finds none.</summary>
    /// <param name="random">Draws the place.</param>
    /// <param name="inReserve">Among the zeros behind the data, not in the data.</param>
    public long? DrawSynced(Random random, bool inReserve)
    {
        const int Attempts = 16;
        var end = _changes.Aggregate(Length, static (length, change) => Math.Min(length, change.OldLength));
        var dataEnd = Math.Min(_bytes.EndOfData(), end);
        var (from, to) = inReserve ? (dataEnd, end) : (0, dataEnd);
        for (var attempt = 0; attempt < Attempts && from < to; attempt++)
        {
            var offset = random.NextInt64(from, to);
            if (!_changes.Exists(change => change.Offset <= offset && offset < change.Offset + change.Count))
                return offset;
        }
        return null;
    }

    /// <summary>Flips a bit on the medium.</summary>
    public void Flip(DiskRot rot)
    {
        Span<byte> value = [0];
        _bytes.Read(rot.Offset, value);
        value[0] ^= (byte)(1 << rot.Bit);
        _bytes.Write(rot.Offset, value);
        Rots.Add(rot);
    }

    private void Remember(long offset, int count, bool isCut)
    {
        if (_old.Length - _oldLength < count)
            Array.Resize(ref _old, Math.Max(_oldLength + count, _old.Length * 2));
        _bytes.Read(offset, _old.AsSpan(_oldLength, count));
        _changes.Add(new Change(offset, count, _oldLength, Length, isCut));
        _oldLength += count;
    }

    private void Settle()
    {
        _changes.Clear();
        _oldLength = 0;
        _isForgotten = false;
        if (_old.Length > KeptBytes)
            _old = [];
    }

    /// <summary>A change that was not synced.</summary>
    /// <param name="Offset">Where it begins.</param>
    /// <param name="Count">How many bytes it replaced.</param>
    /// <param name="OldAt">Where they are kept.</param>
    /// <param name="OldLength">The file's length before.</param>
    /// <param name="IsCut">Whether it made the file end at <paramref name="Offset"/>.</param>
    private readonly record struct Change(long Offset, int Count, int OldAt, long OldLength, bool IsCut);
}
