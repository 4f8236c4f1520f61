using KvStore.Core.Log;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>
/// The receiver's side of a session: digests are compared, and what differs is asked for piece by piece, at the receiver's own
/// pace. Live mutations go on meanwhile: they make slots differ for a moment, which costs a slot's entries and no more, since
/// every partition is looked at once.
/// </content>
public sealed partial class Replica
{
    private void Request(Session session, SessionLane lane)
    {
        lane.Part = 0;
        lane.IsPausing = false;
        lane.UntilMs = _elapsedMs + _settings.RequestTimeoutMs;
        Outbox.Send(session.Donor, lane.IsComparing
            ? new DigestRequest(StartId, session.Id, lane.Partition)
            : new TransferRequest(StartId, session.Id, lane.Cursor, lane.Last, lane.Slots));
    }

    private void OnDigestReply(DigestReply reply)
    {
        if (_session is not { } session || reply.Replica != session.Donor || reply.Transfer != session.Id)
            return;
        var lane = session.Lanes.Find(l => l.IsComparing && !l.IsPausing && l.Partition == reply.Partition);
        if (lane is null || reply.Digests.Length != DigestReply.CountOf(reply.Partition))
            return;
        if (!MayMerge(session, reply.Vector, reply.Collected, reply.CollectedClock))
            return;
        lane.Attempts = 0;
        session.Bound(reply.Vector);
        MergeFloor(session, reply.Floor);
        if (reply.Partition == DigestRequest.Root)
        {
            session.Compare(reply.Digests, _table);
            session.Lanes.Clear();
            var lanes = session.IsBackground ? 1 : _settings.TransferWindow;
            while (session.Lanes.Count < lanes && session.TryNext(_table, out var partition))
                CompareSlots(session, new SessionLane(), partition);
            CompleteIfDone(session);
            return;
        }
        var slots = Differing(reply.Partition, reply.Digests.Span, SlotSet.All);
        WeighSuspects(session, lane, reply, slots);
        if (slots.Count == 0)
        {
            GoOn(session, lane);
            return;
        }
        session.Slots += slots.Count;
        Counters.SlotsDiffering += slots.Count;
        lane.Digests = reply.Digests;
        lane.Receive(reply.Partition, reply.Partition, slots);
        Request(session, lane);
    }

    private SlotSet Differing(int partition, ReadOnlySpan<UInt128> digests, SlotSet among)
    {
        var differing = new SlotSet();
        for (var i = 0; i < digests.Length; i++)
        {
            if (among.Contains(i) && _table.SlotDigest((partition * digests.Length) + i) != digests[i])
                differing.Add(i);
        }
        return differing;
    }

    private void OnTransferChunk(TransferChunk chunk)
    {
        if (_session is not { } session || chunk.Replica != session.Donor || chunk.Transfer != session.Id)
            return;
        // A part of a piece that was asked for twice, or one whose predecessor was lost: the time-out asks again.
        var lane = session.Lanes.Find(l => !l.IsComparing && !l.IsPausing && l.Cursor == chunk.Cursor);
        if (lane is null || chunk.Part != lane.Part || (chunk.Part > 0 && chunk.Answer != lane.Answer))
            return;
        if (!MayMerge(session, chunk.Vector, chunk.Collected, chunk.CollectedClock))
            return;
        lane.Answer = chunk.Answer;
        lane.Part++;
        lane.Attempts = 0;
        lane.UntilMs = _elapsedMs + _settings.RequestTimeoutMs;
        session.Bound(chunk.Vector);
        MergeFloor(session, chunk.Floor);
        MergeEntries(session, lane, chunk);
        if (chunk.More)
            return;
        Counters.PiecesReceived++;
        if (chunk.Next != 0)
        {
            lane.Cursor = chunk.Next;
            lane.Partition = (int)(chunk.Next & (Table.Partitions - 1));
            // A piece that ended early had the donor walk for long.
            RequestPaced(session, lane, mayPause: true);
            return;
        }
        CompleteRepair(lane, chunk.CollectedClock);
        // What still differs is newer here, or was written meanwhile.
        if (!session.IsWhole && !session.HasMore)
            session.HasMore = Differing(lane.Last, lane.Digests.Span, lane.Slots).Count > 0;
        GoOn(session, lane);
    }

    private void MergeFloor(Session session, VersionStamp floor)
    {
        _clock.Observe(floor.Clock);
        if (session.Floor < floor)
            session.Floor = floor;
        if (floor <= _table.Floor)
            return;
        RaiseFloor(floor);
        Persist(new FloorItem(floor));
    }

    private void MergeEntries(Session session, SessionLane lane, TransferChunk chunk)
    {
        var all = chunk.Records.Span;
        var records = all;
        // Those that changed something. They are a copy only where others lie between them.
        var changed = chunk.Records;
        var copy = Span<byte>.Empty;
        var (length, count) = (0, 0);
        var hasSuspects = chunk.Suspects.Count > 0 || _table.SuspectSlots.Count > 0;
        for (var i = 0; i < chunk.Count; i++)
        {
            var from = all.Length - records.Length;
            var record = EntryRecord.Read(ref records, origin: 0);
            if (!(hasSuspects ? MergeSuspect(session, lane, chunk, record) : Merge(record)))
                continue;
            var to = all.Length - records.Length;
            if (from != length && copy.IsEmpty)
            {
                var bytes = new byte[all.Length];
                changed = bytes;
                copy = bytes;
                all[..length].CopyTo(copy);
            }
            if (!copy.IsEmpty)
                all[from..to].CopyTo(copy[length..]);
            length += to - from;
            count++;
        }
        // What was here already is in the log already, and what was refused must not come back with it.
        if (count > 0)
            Persist(new EntriesItem(count, changed[..length]));
        session.UnpausedBytes += chunk.Records.Length;
        session.Entries += chunk.Count;
        session.Changed += count;
        Counters.TransferredEntries += chunk.Count;
        Counters.RepairedEntries += count;
    }

    private void GoOn(Session session, SessionLane lane)
    {
        if (session.TryNext(_table, out var partition))
        {
            lane.CompareSlots(partition);
            RequestPaced(session, lane, mayPause: session.UnpausedBytes >= _settings.MessageBytes);
            return;
        }
        session.Lanes.Remove(lane);
        CompleteIfDone(session);
    }

    private void CompareSlots(Session session, SessionLane lane, int partition)
    {
        lane.CompareSlots(partition);
        session.Lanes.Add(lane);
        Request(session, lane);
    }

    private void RequestPaced(Session session, SessionLane lane, bool mayPause)
    {
        if (!mayPause || !session.IsBackground || _settings.RepairPauseMs == 0)
        {
            Request(session, lane);
            return;
        }
        session.UnpausedBytes = 0;
        lane.IsPausing = true;
        lane.UntilMs = _elapsedMs + _settings.RepairPauseMs;
    }
}
