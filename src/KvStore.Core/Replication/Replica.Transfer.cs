using KvStore.Core.Log;
using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <content>
/// Transfers: a whole table, piece by piece, asked for by the receiver at its own pace. The donor keeps nothing between two
/// pieces. The vector that came before the first piece is what the receiver holds when the last one has been merged:
/// whatever was written later is in the stream, which goes on meanwhile.
/// </content>
public sealed partial class Replica
{
    /// <summary>A piece that does not come is asked for this often before another donor is tried.</summary>
    private const int MaxTransferAttempts = 3;

    private Inbound? _inbound;
    private ulong _transfers;
    private long _answers;
    private byte[] _piece = [];

    /// <summary>True while this replica receives a table.</summary>
    public bool IsTransferring => _inbound is not null;

    private void StartTransfer(ulong donor)
    {
        _inbound = new Inbound(donor, ++_transfers);
        RequestPiece(_inbound);
    }

    private void RequestPiece(Inbound transfer)
    {
        transfer.Part = 0;
        transfer.UntilMs = _elapsedMs + _settings.RequestTimeoutMs;
        Outbox.Send(transfer.Donor, new TransferRequest(StartId, transfer.Id, transfer.Cursor));
    }

    private void OnTransferRequest(TransferRequest request)
    {
        if (!Ready)
        {
            Outbox.Send(request.Replica, new TransferRefused(StartId, request.Transfer));
            return;
        }
        var writer = new PieceWriter(this, request, ++_answers, Vector());
        var cursor = request.Cursor;
        do
            cursor = _table.Scan(cursor, budget: 1, Table.Everything, ref writer);
        while (cursor != 0 && writer.Bytes < _settings.MessageBytes);
        writer.Close(more: false, cursor);
        // One large value must not be kept room for.
        if (_piece.Length > 2 * _settings.MessageBytes)
            _piece = [];
    }

    private void OnTransferChunk(TransferChunk chunk)
    {
        if (_inbound is not { } transfer || chunk.Replica != transfer.Donor || chunk.Transfer != transfer.Id)
            return;
        // A part of a piece that was asked for twice, or one whose predecessor was lost: the time-out asks again.
        if (chunk.Cursor != transfer.Cursor || chunk.Part != transfer.Part || (chunk.Part > 0 && chunk.Answer != transfer.Answer))
            return;
        transfer.Answer = chunk.Answer;
        transfer.Part++;
        transfer.Attempts = 0;
        transfer.UntilMs = _elapsedMs + _settings.RequestTimeoutMs;
        transfer.Vector ??= chunk.Vector;
        _clock.Observe(chunk.Floor.Clock);
        if (chunk.Floor > _table.Floor)
        {
            _table.RaiseFloor(chunk.Floor);
            Persist(new FloorItem(chunk.Floor));
        }
        var records = chunk.Records.Span;
        for (var i = 0; i < chunk.Count; i++)
            Apply(EntryRecord.Read(ref records, origin: 0), out _);
        Persist(new EntriesItem(chunk.Count, chunk.Records));
        Counters.TransferredEntries += chunk.Count;
        if (chunk.More)
            return;
        if (chunk.Next == 0)
        {
            CompleteTransfer(transfer.Vector);
            return;
        }
        transfer.Cursor = chunk.Next;
        RequestPiece(transfer);
    }

    private void CompleteTransfer(OriginVector vector)
    {
        _inbound = null;
        Counters.TransfersCompleted++;
        foreach (var (origin, mark) in vector)
        {
            if (origin == StartId)
                continue;
            Progress(origin).CoverUpTo(mark);
            _acknowledge.Add(origin);
        }
        Persist(new CoveredItem(vector));
        BecomeReady();
        RequestRefills();
    }

    private void OnTransferRefused(TransferRefused refused)
    {
        if (_inbound is { } transfer && refused.Replica == transfer.Donor && refused.Transfer == transfer.Id)
            GiveUp(transfer);
    }

    private void CheckTransfer()
    {
        if (_inbound is not { } transfer)
            return;
        if (!_peers.ContainsKey(transfer.Donor))
        {
            GiveUp(transfer);
            return;
        }
        if (transfer.UntilMs > _elapsedMs)
            return;
        if (++transfer.Attempts >= MaxTransferAttempts)
            GiveUp(transfer);
        else
            RequestPiece(transfer);
    }

    private void GiveUp(Inbound transfer)
    {
        _inbound = null;
        if (_peers.TryGetValue(transfer.Donor, out var donor))
            donor.FailedTransfers++;
    }

    private sealed class Inbound(ulong donor, ulong id)
    {
        public ulong Donor { get; } = donor;

        public ulong Id { get; } = id;

        public ulong Cursor { get; set; }

        public long Answer { get; set; }

        public int Part { get; set; }

        public int Attempts { get; set; }

        public long UntilMs { get; set; }

        public OriginVector? Vector { get; set; }
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
            donor.Outbox.Send(request.Replica, new TransferChunk(
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
                donor._piece.AsSpan(0, _length).ToArray()));
            _length = 0;
            _count = 0;
        }
    }
}
