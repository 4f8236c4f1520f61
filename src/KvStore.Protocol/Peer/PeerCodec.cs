using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Protocol.Peer;

/// <summary>
/// The bytes of the messages between replicas. Every message is one version byte and then the fields in the order of its
/// record, little-endian:
/// <code>
///   start id, cursor, number   8        string   2 length, UTF-8
///   count, part                4        vector   4 count, then (start id 8, number 8, clock 8) each
///   flag, partition, step      1        records, list, registry   the rest of the message
///   limits                     17: memory 8, eviction 1, key 4, value 4
///   slots                      32       digests  16 each; 64 of partitions, or one of each slot
///                                       ids      4 count, then 8 each
///                                       suspects 4 count, then 2 each, rising
/// </code>
/// A request for entries ends with what its step needs: the vector held for news; the seed for a list; the seed, a cursor and the hashes as ids
/// for what is wanted of it. The manifest, one letter, says which message it is.
/// </summary>
public static class PeerCodec
{
    /// <summary>A peer that writes another version is refused, message by message.</summary>
    public const byte Version = 3;

    /// <summary>What a message takes beside keys, values and names: what a frame must hold on top of the largest record.</summary>
    public const int OverheadBytes = 64 * 1024;

    /// <summary>A vector has an entry for every process start since the cluster was formed; this many are a defect.</summary>
    private const int MaxVectorEntries = 1 << 16;

    /// <summary>What is wanted of one list; a list is as large as a message, so this many would take a frame that nobody allows.</summary>
    private const int MaxWanted = 1 << 24;

    /// <summary>The letter that says which message it is.</summary>
    /// <exception cref="ArgumentException">No peer message.</exception>
    public static string Manifest(object message) => message switch
    {
        Mutations => "M",
        Acknowledge => "A",
        ReplicaStatus => "S",
        RefillRequest => "R",
        RefillEnd => "E",
        DigestRequest => "D",
        DigestReply => "G",
        TransferRequest => "T",
        TransferChunk => "C",
        TransferRefused => "N",
        RepairInvite => "I",
        RegistryUpdate => "U",
        _ => throw new ArgumentException($"{message?.GetType().Name ?? "null"} is no message between replicas.", nameof(message)),
    };

    /// <summary>Encodes a message.</summary>
    /// <exception cref="ArgumentException">No peer message.</exception>
    public static byte[] Encode(object message)
    {
        var writer = new PeerWriter(SizeOf(message));
        writer.Byte(Version);
        switch (message)
        {
            case Mutations m:
                writer.UInt64(m.Origin);
                writer.Int64(m.First);
                writer.Int32(m.Count);
                writer.Rest(m.Records.Span);
                break;
            case Acknowledge m:
                writer.UInt64(m.Replica);
                writer.UInt64(m.Origin);
                writer.Int64(m.Applied);
                break;
            case ReplicaStatus m:
                writer.UInt64(m.Replica);
                writer.Text(m.Member);
                writer.Text(m.Name);
                writer.Byte(m.Ready ? (byte)1 : (byte)0);
                writer.Int64(m.Entries);
                writer.Vector(m.Applied);
                writer.Byte(m.Complete ? (byte)1 : (byte)0);
                writer.UInt64(m.Store);
                writer.Vector(m.Synced);
                writer.Vector(m.Collected);
                writer.UInt64(m.CollectedClock);
                writer.UInt64(m.Registry);
                writer.Int64(m.NowMs);
                writer.Text(m.Gateway);
                writer.Int64(m.StartedMs);
                writer.Ids(m.Open);
                writer.UInt64(m.Generation);
                WriteLimits(ref writer, m.Limits);
                break;
            case RefillRequest m:
                writer.UInt64(m.Replica);
                writer.UInt64(m.Origin);
                writer.Int64(m.From);
                break;
            case RefillEnd m:
                writer.UInt64(m.Replica);
                writer.UInt64(m.Origin);
                writer.Int64(m.From);
                writer.Int64(m.Sent);
                writer.Int64(m.Applied);
                break;
            case DigestRequest m:
                writer.UInt64(m.Replica);
                writer.UInt64(m.Transfer);
                writer.Byte((byte)m.Partition);
                writer.Slots(m.Slots);
                break;
            case DigestReply m:
                writer.UInt64(m.Replica);
                writer.UInt64(m.Transfer);
                writer.Byte((byte)m.Partition);
                writer.UInt64(m.Floor.Clock);
                writer.UInt64(m.Floor.StartId);
                writer.Vector(m.Vector);
                writer.Vector(m.Collected);
                writer.UInt64(m.CollectedClock);
                writer.UInt64(m.Registry);
                writer.Suspects(m.Suspects);
                writer.Slots(m.Slots);
                foreach (var digest in m.Digests.Span)
                    writer.UInt128(digest);
                break;
            case TransferRequest m:
                writer.UInt64(m.Replica);
                writer.UInt64(m.Transfer);
                writer.UInt64(m.Cursor);
                writer.Byte((byte)m.Last);
                writer.Slots(m.Slots);
                writer.Byte((byte)m.Step);
                WriteStep(ref writer, m);
                break;
            case TransferChunk m:
                writer.UInt64(m.Replica);
                writer.UInt64(m.Transfer);
                writer.UInt64(m.Cursor);
                writer.Int64(m.Answer);
                writer.Int32(m.Part);
                writer.Byte(m.More ? (byte)1 : (byte)0);
                writer.UInt64(m.Next);
                writer.UInt64(m.Floor.Clock);
                writer.UInt64(m.Floor.StartId);
                writer.Vector(m.Vector);
                writer.Vector(m.Collected);
                writer.UInt64(m.CollectedClock);
                writer.UInt64(m.Registry);
                writer.Suspects(m.Suspects);
                writer.Byte((byte)m.Step);
                writer.Int32(m.Count);
                writer.Rest(m.Records.Span);
                break;
            case TransferRefused m:
                writer.UInt64(m.Replica);
                writer.UInt64(m.Transfer);
                break;
            case RepairInvite m:
                writer.UInt64(m.Replica);
                break;
            case RegistryUpdate m:
                writer.UInt64(m.Replica);
                writer.Rest(m.Registry.Bytes.Span);
                break;
            default:
                Manifest(message);
                break;
        }
        return writer.ToArray();
    }

    /// <summary>Decodes a message, and checks every record in it.</summary>
    /// <param name="bytes">The message; records point into it, so it must not be changed afterwards.</param>
    /// <param name="manifest">Its letter.</param>
    /// <exception cref="FormatException">The bytes are not that message, or of another version.</exception>
    public static PeerMessage Decode(byte[] bytes, string manifest)
    {
        var reader = new PeerReader(bytes);
        var version = reader.Byte();
        if (version != Version)
            throw new FormatException($"A peer speaks version {version} of the replication protocol; this node speaks {Version}.");
        PeerMessage message = manifest switch
        {
            "M" => ReadMutations(ref reader),
            "A" => new Acknowledge(reader.UInt64(), reader.UInt64(), reader.Number()),
            "S" => ReadStatus(ref reader),
            "R" => new RefillRequest(reader.UInt64(), reader.UInt64(), reader.Number()),
            "E" => new RefillEnd(reader.UInt64(), reader.UInt64(), reader.Number(), reader.Number(), reader.Number()),
            "D" => new DigestRequest(reader.UInt64(), reader.UInt64(), reader.Partition(orRoot: true)) { Slots = reader.Slots() },
            "G" => ReadDigests(ref reader),
            "T" => ReadTransfer(ref reader),
            "C" => ReadChunk(ref reader),
            "N" => new TransferRefused(reader.UInt64(), reader.UInt64()),
            "I" => new RepairInvite(reader.UInt64()),
            "U" => new RegistryUpdate(reader.UInt64(), ReplicaRegistry.Decode(reader.Rest())),
            _ => throw new FormatException($"'{manifest}' is no message between replicas."),
        };
        reader.End();
        return message;
    }

    private static int SizeOf(object message) => 128 + message switch
    {
        Mutations m => m.Records.Length,
        ReplicaStatus m => ((m.Member.Length + m.Name.Length + m.Gateway.Length) * 3) + ((m.Applied.Count + m.Synced.Count + m.Collected.Count) * PeerReader.VectorEntryBytes) + (m.Open.Count * sizeof(ulong)),
        RegistryUpdate m => m.Registry.Bytes.Length,
        DigestReply m => (m.Digests.Length * PeerReader.DigestBytes) + ((m.Vector.Count + m.Collected.Count) * PeerReader.VectorEntryBytes) + (m.Suspects.Count * sizeof(ushort)),
        TransferRequest m => (m.Held.Count * PeerReader.VectorEntryBytes) + (m.Wanted.Count * sizeof(ulong)),
        TransferChunk m => m.Records.Length + ((m.Vector.Count + m.Collected.Count) * PeerReader.VectorEntryBytes) + (m.Suspects.Count * sizeof(ushort)),
        _ => 0,
    };

    private static ReplicaStatus ReadStatus(ref PeerReader reader) =>
        new(reader.UInt64(), reader.Text(), reader.Text(), reader.Flag(), reader.Number(), reader.Vector(MaxVectorEntries))
        {
            Complete = reader.Flag(),
            Store = reader.UInt64(),
            Synced = reader.Vector(MaxVectorEntries),
            Collected = reader.Vector(MaxVectorEntries),
            CollectedClock = reader.UInt64(),
            Registry = reader.UInt64(),
            NowMs = reader.Number(),
            Gateway = reader.Text(),
            StartedMs = reader.Number(),
            Open = reader.Ids(MaxVectorEntries),
            Generation = reader.UInt64(),
            Limits = ReadLimits(ref reader),
        };

    private static void WriteLimits(ref PeerWriter writer, WriteLimits limits)
    {
        writer.Int64(limits.MemoryBytes);
        writer.Byte((byte)limits.Eviction);
        writer.Int32(limits.KeyBytes);
        writer.Int32(limits.ValueBytes);
    }

    private static WriteLimits ReadLimits(ref PeerReader reader)
    {
        var (memory, eviction, key, value) = (reader.Number(), (EvictionPolicy)reader.Byte(), reader.Count(), reader.Count());
        return eviction <= EvictionPolicy.AllKeysLru
            ? new WriteLimits(memory, eviction, key, value)
            : throw new FormatException($"{(byte)eviction} is no eviction policy.");
    }

    private static Mutations ReadMutations(ref PeerReader reader)
    {
        var origin = reader.UInt64();
        var first = reader.Number();
        var count = reader.Count();
        if (origin == 0 || first == 0 || count == 0 || first > long.MaxValue - count)
            throw new FormatException("Mutations without an origin, a number or a record.");
        return new Mutations(origin, first, count, reader.Records(count));
    }

    private static DigestReply ReadDigests(ref PeerReader reader)
    {
        var (replica, transfer, partition) = (reader.UInt64(), reader.UInt64(), reader.Partition(orRoot: true));
        var floor = new VersionStamp(reader.UInt64(), reader.UInt64());
        var vector = reader.Vector(MaxVectorEntries);
        var (collected, collectedClock, registry) = (reader.Vector(MaxVectorEntries), reader.UInt64(), reader.UInt64());
        var suspects = reader.Suspects();
        var slots = reader.Slots();
        return new DigestReply(replica, transfer, partition, floor, vector, reader.Digests(DigestReply.CountOf(partition, slots)))
        {
            Slots = slots,
            Collected = collected,
            CollectedClock = collectedClock,
            Registry = registry,
            Suspects = suspects,
        };
    }

    private static void WriteStep(ref PeerWriter writer, TransferRequest request)
    {
        if (request.Step == TransferStep.News)
            writer.Vector(request.Held);
        if (request.Step is TransferStep.List or TransferStep.Wanted)
            writer.UInt64(request.Seed);
        if (request.Step != TransferStep.Wanted)
            return;
        writer.UInt64(request.Until);
        writer.Ids(request.Wanted);
    }

    private static TransferRequest ReadTransfer(ref PeerReader reader)
    {
        var request = new TransferRequest(reader.UInt64(), reader.UInt64(), reader.UInt64(), reader.Partition(orRoot: false), reader.Slots());
        return reader.Step() switch
        {
            TransferStep.News => request with { Step = TransferStep.News, Held = reader.Vector(MaxVectorEntries) },
            TransferStep.List => request with { Step = TransferStep.List, Seed = reader.UInt64() },
            TransferStep.Wanted => request with { Step = TransferStep.Wanted, Seed = reader.UInt64(), Until = reader.UInt64(), Wanted = reader.Ids(MaxWanted) },
            _ => request,
        };
    }

    private static TransferChunk ReadChunk(ref PeerReader reader)
    {
        var (replica, transfer, cursor) = (reader.UInt64(), reader.UInt64(), reader.UInt64());
        var (answer, part, more, next) = (reader.Number(), reader.Count(), reader.Flag(), reader.UInt64());
        var floor = new VersionStamp(reader.UInt64(), reader.UInt64());
        var vector = reader.Vector(MaxVectorEntries);
        var (collected, collectedClock, registry) = (reader.Vector(MaxVectorEntries), reader.UInt64(), reader.UInt64());
        var suspects = reader.Suspects();
        var (step, count) = (reader.Step(), reader.Count());
        var records = step == TransferStep.List ? reader.Listed(count) : reader.Records(count);
        return new TransferChunk(replica, transfer, cursor, answer, part, more, next, floor, vector, count, records)
        {
            Step = step,
            Collected = collected,
            CollectedClock = collectedClock,
            Registry = registry,
            Suspects = suspects,
        };
    }
}
