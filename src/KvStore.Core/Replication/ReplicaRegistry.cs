using System.Buffers.Binary;
using System.Text;
using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <summary>One replica that may hold data, whether it is in the cluster now or not.</summary>
/// <param name="Store">The identity of its data: of its data folder, or of its process where there is none.</param>
/// <param name="Name">Its <c>kv.node.name</c>.</param>
/// <param name="StartId">Its current process, which is the origin of what it accepts.</param>
/// <param name="Clock">When the entry changed last, as a hybrid clock: the last change wins.</param>
/// <param name="Durable">Its data outlives its process.</param>
/// <param name="Forgotten">It holds nothing that counts any more: the entry's tombstone.</param>
public sealed record RegisteredReplica(ulong Store, string Name, ulong StartId, ulong Clock, bool Durable, bool Forgotten)
{
    // Every field takes part, so that two replicas that see unlike entries of one clock choose the same.
    internal static readonly Comparer<RegisteredReplica> ByAge = Comparer<RegisteredReplica>.Create(static (a, b) =>
    {
        var order = (a.Clock, a.StartId, a.Store, a.Forgotten, a.Durable).CompareTo((b.Clock, b.StartId, b.Store, b.Forgotten, b.Durable));
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    });
}

/// <summary>
/// Who may hold data: the replicas that deletions must have reached before they are forgotten about. A merged set: the same
/// whatever the order in which changes arrive, never shrunk by silence. Immutable. Its bytes:
/// <code>
///   version  1   1
///   count    2   little-endian like all below
///   entry        store 8, start id 8, clock 8, flags 1 (1 durable, 2 forgotten), name 1 + UTF-8; ordered by store
/// </code>
/// </summary>
public sealed class ReplicaRegistry
{
    /// <summary>More nodes than a cluster of full replicas has; beyond it the oldest forgotten ones go first.</summary>
    public const int MaxEntries = 1024;

    /// <summary>A name is cut to this, the length that its one byte of length can say.</summary>
    public const int MaxNameBytes = 255;

    private const byte FormatVersion = 1;
    private const byte DurableFlag = 1;
    private const byte ForgottenFlag = 2;
    private const int FixedEntryBytes = 26;
    private const ulong HashSeed = 0x5851f42d4c957f2d;

    /// <summary>Knows nobody.</summary>
    public static readonly ReplicaRegistry Empty = new([]);

    private readonly RegisteredReplica[] _entries;
    private readonly Dictionary<ulong, RegisteredReplica> _byStore;
    private readonly Dictionary<ulong, RegisteredReplica> _byStart = [];
    private readonly byte[] _bytes;

    private ReplicaRegistry(IEnumerable<RegisteredReplica> entries)
    {
        _entries = [.. entries.OrderBy(static e => e.Store)];
        _byStore = _entries.ToDictionary(static e => e.Store);
        foreach (var entry in Current)
            _byStart[entry.StartId] = entry;
        _bytes = Encode();
        Hash = ByteHash.Of(_bytes, HashSeed);
    }

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

    /// <summary>What both know, the last change of each winning; this same registry where the other adds nothing.</summary>
    public ReplicaRegistry Merge(ReplicaRegistry other) => other.Hash == Hash ? this : Merge(other.Entries);

    /// <summary>With one entry added or changed.</summary>
    public ReplicaRegistry With(RegisteredReplica entry) => Merge([entry]);

    /// <summary>Reads the bytes of a registry.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static ReplicaRegistry Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 3 || bytes[0] != FormatVersion)
            throw Malformed("of another version");
        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]);
        bytes = bytes[3..];
        if (count > MaxEntries)
            throw Malformed($"of {count} entries");
        var entries = new List<RegisteredReplica>();
        for (var i = 0; i < count; i++)
        {
            var entry = ReadEntry(ref bytes);
            if (i > 0 && entry.Store <= entries[i - 1].Store)
                throw Malformed("out of order");
            entries.Add(entry);
        }
        return bytes.IsEmpty ? new ReplicaRegistry(entries) : throw Malformed("with bytes behind its end");
    }

    private static RegisteredReplica ReadEntry(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedEntryBytes || bytes.Length < FixedEntryBytes + bytes[25])
            throw Malformed("cut short");
        var flags = bytes[24];
        var (store, start) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        if (flags > (DurableFlag | ForgottenFlag) || store == 0 || start == 0)
            throw Malformed("with an entry that names nobody");
        var name = Encoding.UTF8.GetString(bytes.Slice(FixedEntryBytes, bytes[25]));
        if (Encoding.UTF8.GetByteCount(name) != bytes[25])
            throw Malformed("with a name that is not UTF-8");
        var entry = new RegisteredReplica(
            store, name, start, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), (flags & DurableFlag) != 0, (flags & ForgottenFlag) != 0);
        bytes = bytes[(FixedEntryBytes + bytes[25])..];
        return entry;
    }

    /// <summary>As much of a name as an entry can hold.</summary>
    internal static string CutName(string name)
    {
        while (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            name = name[..^1];
        return name;
    }

    private ReplicaRegistry Merge(IReadOnlyList<RegisteredReplica> others)
    {
        var byStore = new Dictionary<ulong, RegisteredReplica>(_byStore);
        foreach (var entry in others)
        {
            if (!byStore.TryGetValue(entry.Store, out var known) || RegisteredReplica.ByAge.Compare(entry, known) > 0)
                byStore[entry.Store] = entry;
        }
        var merged = new ReplicaRegistry(Bound(WithoutReplaced(byStore.Values)));
        return merged.Hash == Hash ? this : merged;
    }

    // Nothing is left of data that was in memory only, when another store has come under its name.
    private static IEnumerable<RegisteredReplica> WithoutReplaced(IEnumerable<RegisteredReplica> entries) =>
        entries.GroupBy(static e => e.Name, StringComparer.Ordinal).SelectMany(static named =>
        {
            var newest = named.Max(RegisteredReplica.ByAge)!;
            return named.Where(e => e.Durable || e == newest);
        });

    private static IEnumerable<RegisteredReplica> Bound(IEnumerable<RegisteredReplica> entries) =>
        entries.OrderBy(static e => e.Forgotten).ThenByDescending(static e => e, RegisteredReplica.ByAge).Take(MaxEntries);

    private byte[] Encode()
    {
        using var stream = new MemoryStream();
        Span<byte> fixedPart = stackalloc byte[FixedEntryBytes];
        stream.WriteByte(FormatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(fixedPart, checked((ushort)_entries.Length));
        stream.Write(fixedPart[..2]);
        foreach (var entry in _entries)
        {
            var name = Encoding.UTF8.GetBytes(entry.Name);
            BinaryPrimitives.WriteUInt64LittleEndian(fixedPart, entry.Store);
            BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[8..], entry.StartId);
            BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[16..], entry.Clock);
            fixedPart[24] = (byte)((entry.Durable ? DurableFlag : 0) | (entry.Forgotten ? ForgottenFlag : 0));
            fixedPart[25] = checked((byte)name.Length);
            stream.Write(fixedPart);
            stream.Write(name);
        }
        return stream.ToArray();
    }

    private static FormatException Malformed(string what) => new($"A registry of replicas {what}.");
}
