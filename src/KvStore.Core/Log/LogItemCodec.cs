using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Log;

/// <summary>
/// The bytes of the items, one behind the other in a record, little-endian:
/// <code>
///   item       kind 1, then by kind
///   mutations  1   origin 8, first 8, count 4, block of entry records
///   entries    2   count 4, block of entry records (with start ids)
///   floor      3   clock 8, start id 8
///   covered    4   vector (VectorCodec)
///   ceiling    5   clock 8
///   reset      6
///   ready      7
///   collected  8   vector, clock 8
///   registry   9   block
///   beyond    10   origin 8, first 8, last 8, clock 8
///   loading   11   vector, clock 8
///   identity  12   store 8, gives up 1
///   block          length 4, bytes
/// </code>
/// </summary>
public static class LogItemCodec
{
    private const byte Mutations = 1;
    private const byte Entries = 2;
    private const byte Floor = 3;
    private const byte Covered = 4;
    private const byte Ceiling = 5;
    private const byte Reset = 6;
    private const byte Ready = 7;
    private const byte Collected = 8;
    private const byte Registry = 9;
    private const byte Beyond = 10;
    private const byte Loading = 11;
    private const byte Identity = 12;

    /// <summary>Appends the bytes of <paramref name="item"/>.</summary>
    /// <exception cref="ArgumentException">A kind of item that has no bytes.</exception>
    public static void Write(LogBuffer buffer, LogItem item)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        switch (item)
        {
            case MutationsItem { Message: var message }:
                buffer.Byte(Mutations);
                buffer.UInt64(message.Origin);
                buffer.Int64(message.First);
                buffer.Int32(message.Count);
                buffer.Block(message.Records.Span);
                break;
            case EntriesItem entries:
                buffer.Byte(Entries);
                buffer.Int32(entries.Count);
                buffer.Block(entries.Records.Span);
                break;
            case FloorItem { Floor: var floor }:
                buffer.Byte(Floor);
                buffer.UInt64(floor.Clock);
                buffer.UInt64(floor.StartId);
                break;
            case CoveredItem covered:
                buffer.Byte(Covered);
                VectorCodec.Write(buffer, covered.Vector);
                break;
            case CeilingItem ceiling:
                buffer.Byte(Ceiling);
                buffer.UInt64(ceiling.Clock);
                break;
            case ResetItem:
                buffer.Byte(Reset);
                break;
            case IdentityItem identity:
                buffer.Byte(Identity);
                buffer.UInt64(identity.Store);
                buffer.Byte(identity.GivesUp ? (byte)1 : (byte)0);
                break;
            case ReadyItem:
                buffer.Byte(Ready);
                break;
            case CollectedItem collected:
                buffer.Byte(Collected);
                VectorCodec.Write(buffer, collected.Vector);
                buffer.UInt64(collected.Clock);
                break;
            case RegistryItem registry:
                buffer.Byte(Registry);
                buffer.Block(registry.State.Span);
                break;
            case BeyondItem beyond:
                buffer.Byte(Beyond);
                buffer.UInt64(beyond.Origin);
                buffer.Int64(beyond.First);
                buffer.Int64(beyond.Last);
                buffer.UInt64(beyond.Clock);
                break;
            case LoadingItem loading:
                buffer.Byte(Loading);
                VectorCodec.Write(buffer, loading.Collected);
                buffer.UInt64(loading.Clock);
                break;
            default:
                throw new ArgumentException($"{item?.GetType().Name ?? "null"} is no item of the log.", nameof(item));
        }
    }

    /// <summary>Reads every item of <paramref name="source"/>; blocks point into it, so it must not be changed afterwards.</summary>
    /// <exception cref="FormatException">The bytes are not items.</exception>
    public static IEnumerable<LogItem> ReadAll(ReadOnlyMemory<byte> source)
    {
        var reader = new LogReader(source);
        while (!reader.IsEmpty)
            yield return Read(ref reader);
    }

    private static LogItem Read(ref LogReader reader)
    {
        var kind = reader.Byte();
        return kind switch
        {
            Mutations => ReadMutations(ref reader),
            Entries => ReadEntries(ref reader),
            Floor => new FloorItem(new VersionStamp(reader.UInt64(), reader.UInt64())),
            Covered => new CoveredItem(VectorCodec.Read(ref reader)),
            Ceiling => new CeilingItem(reader.UInt64()),
            Reset => new ResetItem(),
            Ready => new ReadyItem(),
            Identity => new IdentityItem(reader.UInt64(), reader.Byte() != 0),
            Collected => new CollectedItem(VectorCodec.Read(ref reader), reader.UInt64()),
            Registry => new RegistryItem(reader.Block()),
            Beyond => ReadBeyond(ref reader),
            Loading => new LoadingItem(VectorCodec.Read(ref reader), reader.UInt64()),
            _ => throw new FormatException($"Malformed log item: unknown kind {kind}."),
        };
    }

    private static MutationsItem ReadMutations(ref LogReader reader)
    {
        var origin = reader.UInt64();
        var first = reader.Int64();
        var count = reader.Int32();
        var records = reader.Block();
        if (origin == 0 || first < 1 || count < 1 || first > long.MaxValue - count)
            throw new FormatException("Malformed log item: mutations without an origin, a number or a record.");
        EntryRecord.Validate(records.Span, count);
        return new MutationsItem(new Mutations(origin, first, count, records));
    }

    private static BeyondItem ReadBeyond(ref LogReader reader)
    {
        var item = new BeyondItem(reader.UInt64(), reader.Int64(), reader.Int64(), reader.UInt64());
        return item.Origin != 0 && item.First >= 1 && item.Last >= item.First
            ? item
            : throw new FormatException("Malformed log item: a range beyond a gap that is none.");
    }

    private static EntriesItem ReadEntries(ref LogReader reader)
    {
        var count = reader.Int32();
        var records = reader.Block();
        // Not read twice: a snapshot is made of these, and what applies them reads every record, and that there is nothing behind.
        if (count < 0)
            throw new FormatException("Malformed log item: a negative count of entries.");
        return new EntriesItem(count, records);
    }
}
