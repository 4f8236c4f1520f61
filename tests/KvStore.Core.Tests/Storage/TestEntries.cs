using System.Text;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Storage;

/// <summary>Entries as tests write them: texts, a number for a version, all of one process start.</summary>
internal static class TestEntries
{
    public static ApplyOutcome Put(this Table table, string key, string value, ulong clock, long expiresAtMs = 0) =>
        table.Apply(key, EntryKind.Value, value, clock, expiresAtMs);

    public static ApplyOutcome Delete(this Table table, string key, ulong clock) => table.Apply(key, EntryKind.Deleted, "", clock, 0);

    public static int ExpireAll(this Table table, long nowMs)
    {
        var expired = 0;
        table.Expire(0, int.MaxValue, nowMs, ref expired).ShouldBe(0UL);
        return expired;
    }

    public static int CollectAll(this Table table, ulong upToClock)
    {
        var collected = 0;
        table.Collect(0, int.MaxValue, upToClock, ref collected).ShouldBe(0UL);
        return collected;
    }

    /// <summary>The digests as they were computed before they were kept: by a walk over everything.</summary>
    public static UInt128[] DerivedDigests(this Table table)
    {
        var visitor = new DigestVisitor(new UInt128[Slot.Count]);
        for (var partition = 0; partition < Table.Partitions; partition++)
        {
            ulong cursor = 0;
            do
                cursor = table.ScanSlots(partition, SlotSet.All, cursor, 1_000, ref visitor);
            while (cursor != 0);
        }
        return visitor.Digests;
    }

    public static UInt128[] KeptDigests(this Table table) => [.. Enumerable.Range(0, Slot.Count).Select(table.SlotDigest)];

    private static ApplyOutcome Apply(this Table table, string key, EntryKind kind, string value, ulong clock, long expiresAtMs) =>
        table.Apply(
            Encoding.UTF8.GetBytes(key),
            new EntryView(new VersionStamp(clock, 1), kind, expiresAtMs, Encoding.UTF8.GetBytes(value)),
            out _,
            out _);

    private readonly struct DigestVisitor(UInt128[] digests) : IEntryVisitor
    {
        public UInt128[] Digests => digests;

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry) => digests[Slot.Of(key)] += ContentHash.DigestTerm(key, entry);
    }
}
