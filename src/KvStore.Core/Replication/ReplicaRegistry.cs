using System.Buffers.Binary;
using System.Text;
using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <summary>One replica that may hold data, whether it is in the cluster now or not.</summary>
/// <param name="Store">The identity of its data; a replica that gives up its contents goes on as another store.</param>
/// <param name="Name">Its <c>kv.node.name</c>.</param>
/// <param name="StartId">Its current process, which is the origin of what it accepts.</param>
/// <param name="Clock">When the entry was written, as a hybrid clock: the last one of a store wins.</param>
/// <param name="Donor">The store from which it loaded, which knew it by then; 0 for the one with which the generation began.</param>
/// <param name="Durable">Its data outlives its process.</param>
/// <param name="Complete">It has loaded; one that has not has accepted nothing yet.</param>
/// <param name="Forgotten">It holds nothing that counts any more. Final: no later entry of the store takes it back.</param>
public sealed record RegisteredReplica(
    ulong Store, string Name, ulong StartId, ulong Clock, ulong Donor, bool Durable, bool Complete, bool Forgotten)
{
    // Every field takes part, so that two replicas that see unlike entries of one clock choose the same.
    internal static readonly Comparer<RegisteredReplica> ByAge = Comparer<RegisteredReplica>.Create(static (a, b) =>
    {
        var order = (a.Clock, a.StartId, a.Store, a.Donor, a.Complete, a.Durable).CompareTo((b.Clock, b.StartId, b.Store, b.Donor, b.Complete, b.Durable));
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    });
}

/// <summary>
/// Who may hold data: the replicas that deletions must have reached before they are forgotten about. A two-phase set that only grows: the
/// same whatever the order in which changes arrive, never shrunk by silence, and what was forgotten stays so. Immutable. Its bytes:
/// <code>
///   version     1   2
///   generation  8   little-endian like all below
///   count       2
///   entry           store 8, start id 8, clock 8, donor 8, flags 1 (1 durable, 2 forgotten, 4 complete), name 1 + UTF-8; ordered by store
/// </code>
/// Version 1, which older folders hold, has neither generation nor donors: all of those count as one generation, 1, and its entries as complete.
/// </summary>
public sealed class ReplicaRegistry
{
    /// <summary>
    /// More replicas than a cluster of full copies has: no further one registers. Of the forgotten ones the newest are remembered, as many as
    /// there is room for.
    /// </summary>
    public const int MaxEntries = 1024;

    /// <summary>A name is cut to this, the length that its one byte of length can say.</summary>
    public const int MaxNameBytes = 255;

    private const byte FormatVersion = 2;
    private const byte VersionWithoutGeneration = 1;
    private const byte DurableFlag = 1;
    private const byte ForgottenFlag = 2;
    private const byte CompleteFlag = 4;
    private const int HeadBytes = 11;
    private const int FixedEntryBytes = 34;
    private const ulong HashSeed = 0x5851f42d4c957f2d;

    /// <summary>Knows nobody.</summary>
    public static readonly ReplicaRegistry Empty = new(0, []);

    private readonly RegisteredReplica[] _entries;
    private readonly Dictionary<ulong, RegisteredReplica> _byStore;
    private readonly Dictionary<ulong, RegisteredReplica> _byStart = [];
    private readonly byte[] _bytes;

    private ReplicaRegistry(ulong generation, IEnumerable<RegisteredReplica> entries)
    {
        Generation = generation;
        _entries = [.. entries.OrderBy(static e => e.Store)];
        _byStore = _entries.ToDictionary(static e => e.Store);
        foreach (var entry in Current)
            _byStart[entry.StartId] = entry;
        _bytes = Encode();
        Hash = ByteHash.Of(_bytes, HashSeed);
    }

    /// <summary>
    /// The start id of the replica that began with nothing to load from: two replicas grew from one exactly where these are equal. 0 where
    /// none has begun yet.
    /// </summary>
    public ulong Generation { get; }

    /// <summary>Equal on two replicas exactly when their registries are.</summary>
    public ulong Hash { get; }

    /// <summary>All, forgotten ones included, ordered by store.</summary>
    public IReadOnlyList<RegisteredReplica> Entries => _entries;

    /// <summary>Those that deletions wait for.</summary>
    public IEnumerable<RegisteredReplica> Current => _entries.Where(static e => !e.Forgotten);

    /// <summary>The bytes, as above.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The entry of a store, forgotten or not; null where it is unknown.</summary>
    public RegisteredReplica? Find(ulong store) => _byStore.GetValueOrDefault(store);

    /// <summary>Whether a start id is the current process of one that is not forgotten: an origin that may accept more.</summary>
    public bool IsCurrent(ulong startId) => _byStart.ContainsKey(startId);

    /// <summary>The entry of which a start id is the current process; null where there is none, or it is forgotten.</summary>
    public RegisteredReplica? FindCurrent(ulong startId) => _byStart.GetValueOrDefault(startId);

    /// <summary>True when no further replica may register.</summary>
    public bool IsFull => Current.Count() >= MaxEntries;

    /// <summary>A registry in which nobody is registered yet, of a generation that begins.</summary>
    public static ReplicaRegistry Begin(ulong generation) => new(generation, []);

    /// <summary>Whether the other is of another generation: the two grew apart from the beginning, and are never merged.</summary>
    public bool IsApartFrom(ulong generation) => Generation != 0 && generation != 0 && Generation != generation;

    /// <summary>What both know: of each store the last entry, forgotten where either has it so; this same registry where the other adds nothing.</summary>
    /// <exception cref="ArgumentException">The other is of another generation.</exception>
    public ReplicaRegistry Merge(ReplicaRegistry other)
    {
        if (IsApartFrom(other.Generation))
            throw new ArgumentException($"A registry of generation {other.Generation:x} is none of {Generation:x}.", nameof(other));
        return other.Hash == Hash ? this : Merge(Math.Max(Generation, other.Generation), other.Entries);
    }

    /// <summary>With one entry added or changed.</summary>
    public ReplicaRegistry With(RegisteredReplica entry) => Merge(Generation, [entry]);

    /// <summary>With a store marked as forgotten; the same where it is unknown.</summary>
    public ReplicaRegistry Forget(ulong store) => Find(store) is { } entry ? With(entry with { Forgotten = true }) : this;

    /// <summary>Reads the bytes of a registry.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static ReplicaRegistry Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 3 && bytes[0] == VersionWithoutGeneration)
            return Decode(WithGeneration(bytes));
        if (bytes.Length < HeadBytes || bytes[0] != FormatVersion)
            throw Malformed("of another version");
        var generation = BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[9..]);
        bytes = bytes[HeadBytes..];
        var entries = new List<RegisteredReplica>();
        for (var i = 0; i < count; i++)
        {
            var entry = ReadEntry(ref bytes);
            if (i > 0 && entry.Store <= entries[i - 1].Store)
                throw Malformed("out of order");
            entries.Add(entry);
        }
        return bytes.IsEmpty ? new ReplicaRegistry(generation, entries) : throw Malformed("with bytes behind its end");
    }

    // Version 1: version 1, count 2, and entries of store 8, start id 8, clock 8, flags 1, name 1 + UTF-8.
    private static byte[] WithGeneration(ReadOnlySpan<byte> bytes)
    {
        const int fixedBytes = 26;
        ReadOnlySpan<byte> unknown = stackalloc byte[8];
        var now = new List<byte> { FormatVersion, 1 };
        now.AddRange(unknown[1..]);
        now.AddRange(bytes[1..3]);
        for (bytes = bytes[3..]; bytes.Length >= fixedBytes && bytes.Length >= fixedBytes + bytes[25]; bytes = bytes[(fixedBytes + bytes[25])..])
        {
            now.AddRange(bytes[..24]);
            now.AddRange(unknown);
            now.Add((byte)(bytes[24] | CompleteFlag));
            now.AddRange(bytes[25..(fixedBytes + bytes[25])]);
        }
        now.AddRange(bytes);
        return [.. now];
    }

    private static RegisteredReplica ReadEntry(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedEntryBytes || bytes.Length < FixedEntryBytes + bytes[33])
            throw Malformed("cut short");
        var flags = bytes[32];
        var (store, start) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        if (flags > (DurableFlag | ForgottenFlag | CompleteFlag) || store == 0 || start == 0)
            throw Malformed("with an entry that names nobody");
        var name = Encoding.UTF8.GetString(bytes.Slice(FixedEntryBytes, bytes[33]));
        if (Encoding.UTF8.GetByteCount(name) != bytes[33])
            throw Malformed("with a name that is not UTF-8");
        var entry = new RegisteredReplica(
            store,
            name,
            start,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            Durable: (flags & DurableFlag) != 0,
            Complete: (flags & CompleteFlag) != 0,
            Forgotten: (flags & ForgottenFlag) != 0);
        bytes = bytes[(FixedEntryBytes + bytes[33])..];
        return entry;
    }

    /// <summary>As much of a name as an entry can hold.</summary>
    internal static string CutName(string name)
    {
        while (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            name = name[..^1];
        return name;
    }

    private ReplicaRegistry Merge(ulong generation, IReadOnlyList<RegisteredReplica> others)
    {
        var byStore = new Dictionary<ulong, RegisteredReplica>(_byStore);
        foreach (var entry in others)
            byStore[entry.Store] = byStore.TryGetValue(entry.Store, out var known) ? Later(known, entry) : entry;
        var merged = new ReplicaRegistry(generation, Bound(byStore.Values));
        return merged.Hash == Hash ? this : merged;
    }

    private static RegisteredReplica Later(RegisteredReplica one, RegisteredReplica other) =>
        (RegisteredReplica.ByAge.Compare(one, other) < 0 ? other : one) with { Forgotten = one.Forgotten || other.Forgotten };

    // A current entry is never dropped: where two sides let in the last ones at the same time, there are a few more.
    private static IEnumerable<RegisteredReplica> Bound(IReadOnlyCollection<RegisteredReplica> entries)
    {
        var current = entries.Count(static e => !e.Forgotten);
        return entries
            .OrderBy(static e => e.Forgotten)
            .ThenByDescending(static e => e, RegisteredReplica.ByAge)
            .Take(Math.Max(current, MaxEntries));
    }

    private byte[] Encode()
    {
        using var stream = new MemoryStream();
        Span<byte> fixedPart = stackalloc byte[FixedEntryBytes];
        stream.WriteByte(FormatVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(fixedPart, Generation);
        stream.Write(fixedPart[..8]);
        BinaryPrimitives.WriteUInt16LittleEndian(fixedPart, checked((ushort)_entries.Length));
        stream.Write(fixedPart[..2]);
        foreach (var entry in _entries)
        {
            var name = Encoding.UTF8.GetBytes(entry.Name);
            BinaryPrimitives.WriteUInt64LittleEndian(fixedPart, entry.Store);
            BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[8..], entry.StartId);
            BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[16..], entry.Clock);
            BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[24..], entry.Donor);
            fixedPart[32] = (byte)((entry.Durable ? DurableFlag : 0) | (entry.Forgotten ? ForgottenFlag : 0) | (entry.Complete ? CompleteFlag : 0));
            fixedPart[33] = checked((byte)name.Length);
            stream.Write(fixedPart);
            stream.Write(name);
        }
        return stream.ToArray();
    }

    private static FormatException Malformed(string what) => new($"A registry of replicas {what}.");
}
