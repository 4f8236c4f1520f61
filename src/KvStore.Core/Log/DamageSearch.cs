namespace KvStore.Core.Log;

/// <summary>
/// Looks at everything from an offset to the end of a segment: whether there is anything but zeros, and whether a record begins at
/// any byte of it. The head of a record has a checksum of its own, so that a payload is read only behind a true head: the search
/// costs one pass over the bytes, whatever they are.
/// </summary>
internal sealed class DamageSearch(IDiskFile file, long number, long from)
{
    private const int WindowBytes = 64 * 1024;

    private readonly byte[] _window = new byte[WindowBytes];
    private long _at = from;

    /// <summary>Behind the last byte that is not zero; where the search began when all are.</summary>
    public long DirtyEnd { get; private set; } = from;

    /// <summary>Where the first valid record was found; null when there is none.</summary>
    public long? ValidAt { get; private set; }

    /// <summary>The greatest position that a true head says was synced before it.</summary>
    public LogPosition Claim { get; private set; }

    /// <summary>True when a true head says that the process stopped of its own will, and so synced everything.</summary>
    public bool HasCleanStop { get; private set; }

    /// <summary>Goes on for about <paramref name="budget"/> bytes, which it takes off; true when all has been seen.</summary>
    public bool Step(ref long budget)
    {
        while (budget > 0)
        {
            var count = file.Read(_at, _window);
            budget -= Math.Max(count, 1);
            var window = _window.AsSpan(0, count);
            var last = window.LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
                DirtyEnd = _at + last + 1;
            Search(window);
            if (count < WindowBytes)
                return true;
            _at += WindowBytes - (LogRecord.HeadBytes - 1);
        }
        return false;
    }

    private void Search(ReadOnlySpan<byte> window)
    {
        // A length is not 0, but its first three bytes may be.
        const int ZerosBefore = sizeof(int) - 1;
        for (var at = 0; ; at++)
        {
            var dirty = window[at..].IndexOfAnyExcept((byte)0);
            if (dirty < 0)
                return;
            at += Math.Max(dirty - ZerosBefore, 0);
            if (window.Length - at < LogRecord.HeadBytes)
                return;
            if (LogRecord.TryReadHead(window[at..], number, _at + at, out var record))
                OnHead(record, _at + at);
        }
    }

    private void OnHead(in LogRecord record, long offset)
    {
        if (record.Synced > Claim)
            Claim = record.Synced;
        HasCleanStop |= record.Kind == LogRecordKind.CleanStop;
        if (ValidAt is null && IsValid(record, offset))
            ValidAt = offset;
    }

    private bool IsValid(in LogRecord record, long offset)
    {
        if (offset + record.Size > file.Length)
            return false;
        var crc = LogRecord.CrcStart(number, offset, record.Length);
        var buffer = new byte[Math.Min(record.Length, WindowBytes)];
        var end = offset + record.Size;
        for (var at = offset + LogRecord.FrameBytes; at < end;)
        {
            // Full windows are a multiple of eight bytes: the checksum may be taken in pieces.
            var count = file.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)));
            if (count == 0)
                return false;
            crc = Crc32c.Add(crc, buffer.AsSpan(0, count));
            at += count;
        }
        return Crc32c.End(crc) == record.Crc;
    }
}
