using KvStore.Core.Replication;

namespace KvStore.Core.Log;

/// <summary>
/// A vector in the log, and the only place that knows how:
/// <code>
///   count 4, then for each origin: start id 8, number 8, clock 8
/// </code>
/// </summary>
internal static class VectorCodec
{
    private const int EntryBytes = 24;

    public static void Write(LogBuffer buffer, OriginVector vector)
    {
        buffer.Int32(vector.Count);
        foreach (var (origin, mark) in vector)
        {
            buffer.UInt64(origin);
            buffer.Int64(mark.Number);
            buffer.UInt64(mark.Clock);
        }
    }

    public static OriginVector Read(ref LogReader reader)
    {
        var entries = new KeyValuePair<ulong, OriginMark>[reader.Count(EntryBytes)];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new(reader.UInt64(), new OriginMark(reader.Int64(), reader.UInt64()));
            if (entries[i].Value.Number < 0 || (i > 0 && entries[i].Key <= entries[i - 1].Key))
                throw new FormatException("Malformed log item: a vector with a negative number, or out of order.");
        }
        return new OriginVector(entries);
    }
}
