using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;
using KvStore.Simulator.Checks;

namespace KvStore.Simulator.Tests.Checks;

/// <summary>What tests write into ledgers and tables by hand.</summary>
internal static class Ledgers
{
    public const ulong Origin = 7;

    public static VersionStamp Version(ulong clock) => new(clock, Origin);

    public static Written Set(ulong clock, string key, string value, long expiresAtMs = 0) =>
        new(Origin, (long)clock, key, Version(clock), RecordKind.Value, expiresAtMs, value) { ValueHash = ContentHash.OfValue(System.Text.Encoding.UTF8.GetBytes(value)) };

    public static Written Deletion(ulong clock, string key) => new(Origin, (long)clock, key, Version(clock), RecordKind.Deleted, 0, "");

    public static KeyHistory History(params IEnumerable<Written> writes)
    {
        var keys = new KeyHistories();
        foreach (var written in writes)
            keys.Add(written);
        return keys.All[0];
    }
}
