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
        var digests = new UInt128[DigestReply.CountOf(request.Partition)];
        for (var i = 0; i < digests.Length; i++)
        {
            digests[i] = request.Partition == DigestRequest.Root
                ? _table.PartitionDigest(i)
                : _table.SlotDigest((request.Partition * digests.Length) + i);
        }
        var reply = new DigestReply(StartId, request.Transfer, request.Partition, _table.Floor, Vector(), digests)
        {
            Collected = _collected,
            CollectedClock = _collectedClock,
            Suspects = _table.SuspectSlots,
        };
        Outbox.Send(request.Replica, reply, afterWrite: true);
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
        while (cursor != 0 && writer.Bytes < _settings.MessageBytes && ++steps < MaxStepsPerPiece);
        writer.Close(more: false, cursor);
        Counters.PiecesSent++;
        // One large value must not be kept room for.
        if (_piece.Length > 2 * _settings.MessageBytes)
            _piece = [];
    }

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
        private int _length;
        private int _count;
        private int _part;

        public int Bytes { get; private set; }

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry)
        {
            if (donor.IsStray(key))
                return;
            var size = EntryRecord.MaxSize(key.Length, entry.Value.Length);
            if (_length > 0 && _length + size > donor._settings.MessageBytes)
                Close(more: true, next: 0);
            if (donor._piece.Length - _length < size)
                Array.Resize(ref donor._piece, Math.Max(donor._settings.MessageBytes, _length + size));
            var record = new EntryRecord((RecordKind)entry.Kind, entry.Version, default, entry.ExpiresAtMs, key, entry.Value);
            var written = record.Write(donor._piece.AsSpan(_length), origin: 0);
            _length += written;
            Bytes += written;
            _count++;
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
                Collected = donor._collected,
                CollectedClock = donor._collectedClock,
                Suspects = donor._table.SuspectSlots,
            };
            donor.Outbox.Send(request.Replica, chunk, afterWrite: true);
            donor.Counters.EntriesSent += _count;
            if (donor._peers.TryGetValue(request.Replica, out var receiver))
                receiver.EntriesSent += _count;
            _length = 0;
            _count = 0;
        }
    }
}
