namespace KvStore.Core.Log;

internal enum ReadOutcome
{
    /// <summary>A valid record.</summary>
    Record,

    /// <summary>The file ends exactly here.</summary>
    EndOfFile,

    /// <summary>A length of 0: the end, if nothing but zeros follows.</summary>
    Blank,

    /// <summary>Bytes that are no record of this place.</summary>
    Damage,
}

/// <summary>
/// Reads the records of a file one behind the other. Every piece of the file gets memory of its own, so that items may point into
/// it for as long as anybody holds them.
/// </summary>
internal sealed class RecordReader(IDiskFile file, long number, long offset)
{
    /// <summary>Below what the runtime keeps as a large object, which only full collections give back. A greater record gets what it needs.</summary>
    private const int PieceBytes = 64 * 1024;

    private byte[] _piece = [];
    private int _at;
    private int _count;

    public IDiskFile File => file;

    /// <summary>Where the next record begins; behind the last one that was valid.</summary>
    public long Offset { get; private set; } = offset;

    public ReadOutcome Read(out LogRecord record, out ReadOnlyMemory<byte> payload)
    {
        record = default;
        payload = default;
        if (!Ensure(sizeof(int)))
            return _count == 0 ? ReadOutcome.EndOfFile : ReadOutcome.Damage;
        if (Piece[..sizeof(int)].IndexOfAnyExcept((byte)0) < 0)
            return ReadOutcome.Blank;
        if (!Ensure(LogRecord.HeadBytes) || !LogRecord.TryReadHead(Piece, number, Offset, out record) || !Ensure(record.Size))
            return ReadOutcome.Damage;
        var crc = Crc32c.Add(LogRecord.CrcStart(number, Offset, record.Length), Piece[LogRecord.FrameBytes..record.Size]);
        if (Crc32c.End(crc) != record.Crc)
            return ReadOutcome.Damage;
        payload = _piece.AsMemory(_at + LogRecord.HeadBytes, record.Size - LogRecord.HeadBytes);
        _at += record.Size;
        _count -= record.Size;
        Offset += record.Size;
        return ReadOutcome.Record;
    }

    private ReadOnlySpan<byte> Piece => _piece.AsSpan(_at, _count);

    private bool Ensure(int bytes)
    {
        if (_count >= bytes)
            return true;
        var left = file.Length - Offset;
        if (left < bytes && left <= _count)
            return false;
        _piece = GC.AllocateUninitializedArray<byte>((int)Math.Min(left, Math.Max(bytes, PieceBytes)));
        _at = 0;
        _count = file.Read(Offset, _piece);
        return _count >= bytes;
    }
}
