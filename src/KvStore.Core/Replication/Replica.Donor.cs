using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <content>
/// The donor's side of sessions: it answers, and keeps nothing between two answers. Every answer carries the vector that was
/// held before the first digest or entry in it was read. What waits for the log goes there first, and the answer leaves behind it: no
/// peer shall hold, or hear of, what this replica's own next start does not know.
/// </content>
public sealed partial class Replica
{
    private const int PartitionBits = 6;

    /// <summary>
    /// A piece of few slots may find nothing for long: after this many steps of a bucket or ten it ends as it is, so that
    /// clients wait a few milliseconds at most.
    /// </summary>
    private const int MaxStepsPerPiece = 20_000;

    private long _answers;
    private byte[] _piece = [];

    private void OnDigestRequest(DigestRequest request)
    {
        if (!Ready || !MayDonate(request.Replica))
        {
            Outbox.Send(request.Replica, new TransferRefused(StartId, request.Transfer));
            return;
        }
        Flush();
        var reply = new DigestReply(StartId, request.Transfer, request.Partition, _table.Floor, Vector(), Digests(request))
        {
            Slots = request.Slots,
            Collected = _collected,
            CollectedClock = _collectedClock,
            Registry = SyncedRegistry.Hash,
            Suspects = _table.SuspectSlots,
        };
        Outbox.Send(request.Replica, reply, afterWrite: true);
    }

    private UInt128[] Digests(DigestRequest request)
    {
        var digests = new UInt128[DigestReply.CountOf(request.Partition, request.Slots)];
        if (request.Partition == DigestRequest.Root)
        {
            for (var i = 0; i < digests.Length; i++)
                digests[i] = _table.PartitionDigest(i);
            return digests;
        }
        var at = 0;
        for (var i = 0; i < Table.SlotsPerPartition; i++)
        {
            if (request.Slots.Contains(i))
                digests[at++] = _table.SlotDigest((request.Partition * Table.SlotsPerPartition) + i);
        }
        return digests;
    }

    private void OnTransferRequest(TransferRequest request)
    {
        if (!Ready || !MayDonate(request.Replica))
        {
            Outbox.Send(request.Replica, new TransferRefused(StartId, request.Transfer));
            return;
        }
        Flush();
        var writer = new PieceWriter(this, request, ++_answers, Vector());
        var cursor = request.Cursor;
        var steps = 0;
        do
            cursor = Walk(cursor, request, ref writer);
        while (cursor != 0 && !IsBehind(request, cursor) && writer.Bytes < _settings.MessageBytes && ++steps < MaxStepsPerPiece);
        // The receiver goes on with the list where that ended, however far the last step went.
        writer.Close(more: false, IsBehind(request, cursor) ? request.Until : cursor);
        Counters.PiecesSent++;
        // One large value must not be kept room for.
        if (_piece.Length > 2 * _settings.MessageBytes)
            _piece = [];
    }

    /// <summary>
    /// Whether the walk has passed the piece in which something is wanted. Cursors of a partition compare as <see cref="BucketCursor"/>
    /// says, though it may have doubled since the piece was listed.
    /// </summary>
    private static bool IsBehind(TransferRequest request, ulong cursor) =>
        request is { Step: TransferStep.Wanted, Until: not 0 }
        && (cursor == 0 || !BucketCursor.HasPassed(request.Until >> PartitionBits, cursor >> PartitionBits));

    private ulong Walk(ulong cursor, TransferRequest request, ref PieceWriter writer)
    {
        var partition = (int)(cursor & (Table.Partitions - 1));
        var within = _table.ScanSlots(partition, request.Slots, cursor >> PartitionBits, budget: 1, ref writer);
        if (within == 0 && ++partition > request.Last)
            return 0;
        return (within << PartitionBits) | (uint)partition;
    }

    /// <summary>Writes the entries of one piece into as many parts as the message size asks for.</summary>
    private struct PieceWriter(Replica donor, TransferRequest request, long answer, OriginVector vector) : IEntryVisitor
    {
        private readonly HashSet<ulong>? _wanted = request.Step == TransferStep.Wanted ? [.. request.Wanted] : null;
        private int _length;
        private int _count;
        private int _part;

        public int Bytes { get; private set; }

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry)
        {
            if (donor.IsStray(key) || !IsAskedFor(key, entry))
                return;
            var isListed = request.Step == TransferStep.List;
            var size = isListed ? ListedEntry.SizeBytes : EntryRecord.MaxSize(key.Length, entry.Value.Length);
            if (_length > 0 && _length + size > donor._settings.MessageBytes)
                Close(more: true, next: 0);
            if (donor._piece.Length - _length < size)
                Array.Resize(ref donor._piece, Math.Max(donor._settings.MessageBytes, _length + size));
            var written = isListed ? List(key, entry) : WriteEntry(key, entry);
            _length += written;
            Bytes += written;
            _count++;
        }

        private readonly bool IsAskedFor(ReadOnlySpan<byte> key, in EntryView entry) => request.Step switch
        {
            TransferStep.News => entry.Version.Clock > request.Held[entry.Version.StartId].Clock,
            TransferStep.Wanted => _wanted!.Contains(ByteHash.Of(key, request.Seed)),
            _ => true,
        };

        private readonly int List(ReadOnlySpan<byte> key, in EntryView entry)
        {
            var listed = new ListedEntry(ByteHash.Of(key, request.Seed), entry.Version, (uint)ContentHash.OfEntry(entry));
            listed.Write(donor._piece.AsSpan(_length));
            return ListedEntry.SizeBytes;
        }

        private readonly int WriteEntry(ReadOnlySpan<byte> key, in EntryView entry)
        {
            var record = new EntryRecord((RecordKind)entry.Kind, entry.Version, default, entry.ExpiresAtMs, key, entry.Value);
            return record.Write(donor._piece.AsSpan(_length), origin: 0);
        }

        public void Close(bool more, ulong next)
        {
            var chunk = new TransferChunk(
                donor.StartId,
                request.Transfer,
                request.Cursor,
                answer,
                _part++,
                more,
                next,
                donor._table.Floor,
                vector,
                _count,
                donor._piece.AsSpan(0, _length).ToArray())
            {
                Step = request.Step,
                Collected = donor._collected,
                CollectedClock = donor._collectedClock,
                Registry = donor.SyncedRegistry.Hash,
                Suspects = donor._table.SuspectSlots,
            };
            donor.Outbox.Send(request.Replica, chunk, afterWrite: true);
            var entries = request.Step == TransferStep.List ? 0 : _count;
            donor.Counters.EntriesSent += entries;
            if (donor._peers.TryGetValue(request.Replica, out var receiver))
                receiver.EntriesSent += entries;
            _length = 0;
            _count = 0;
        }
    }
}
