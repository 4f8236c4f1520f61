using System.Buffers.Binary;
using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;

namespace KvStore.Simulator.Checks;

/// <summary>Whether an entry of a table is what was accepted under its version.</summary>
internal static class EntryIdentity
{
    /// <summary>What is wrong with an entry; null when nothing is.</summary>
    /// <param name="written">What was accepted under the entry's version.</param>
    /// <param name="key">The entry's key.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="latestMs">The latest that any clock has shown.</param>
    public static string? Judge(Written written, ReadOnlySpan<byte> key, in EntryView entry, long latestMs)
    {
        var name = Encoding.UTF8.GetString(key);
        if (written.Kind == RecordKind.Floor || name != written.Key)
            return $"the key {name} has the version of {written}";
        if (entry.ExpiresAtMs != written.ExpiresAtMs)
            return $"{name} expires at {entry.ExpiresAtMs}, and was accepted as {written}";
        return entry.Kind switch
        {
            EntryKind.Deleted => written.Kind == RecordKind.Deleted ? null : $"{name} is deleted under the version of {written}",
            EntryKind.Expired when written.ExpiresAtMs == 0 => $"{name} has expired, and was accepted without an expiry as {written}",
            EntryKind.Expired when written.ExpiresAtMs > latestMs => $"{name} has expired by {latestMs}, which no clock has passed yet, and was accepted as {written}",
            EntryKind.Expired => Compare(written, name, BinaryPrimitives.ReadUInt64LittleEndian(entry.Value)),
            _ => Compare(written, name, ContentHash.OfValue(entry.Value)),
        };
    }

    private static string? Compare(Written written, string name, ulong hash) =>
        written.Kind == RecordKind.Value && hash == written.ValueHash ? null : $"{name} has another value under the version of {written}";
}
