using KvStore.Core.Log;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>
/// The receiver's side of a session: digests are compared, and what differs is asked for piece by piece, at the receiver's own
/// pace. Live mutations go on meanwhile: they make slots differ for a moment, and should not make them travel. So a partition that
/// differs is gone over in three steps: the entries that the donor's vector shows to be missing here; the slots that differed once
/// more, as long as the stream evens out at least half of them; and of those that still differ a list, and what it shows to be wanted. The first
/// step only saves the third one work: what the session claims rests on every slot having been equal, or listed.
/// </content>
public sealed partial class Replica
{
    private void Request(Session session, SessionLane lane)
    {
        lane.Part = 0;
        lane.IsPausing = false;
        lane.UntilMs = _elapsedMs + _settings.RequestTimeoutMs;
        Outbox.Send(session.Donor, lane.IsComparing
            ? new DigestRequest(StartId, session.Id, lane.Partition) { Slots = lane.Slots }
            : EntryRequest(session, lane));
    }

    private TransferRequest EntryRequest(Session session, SessionLane lane)
    {
        var request = new TransferRequest(StartId, session.Id, lane.Cursor, lane.Last, lane.Slots) { Step = lane.Step };
        return lane.Step switch
        {
            TransferStep.News => request with { Held = Vector() },
            TransferStep.List => request with { Seed = _hashSeed },
            TransferStep.Wanted => request with { Seed = _hashSeed, Until = lane.Until, Wanted = [.. lane.Wanted] },
            _ => request,
        };
    }

    private void OnDigestReply(DigestReply reply)
    {
        if (_session is not { } session || reply.Replica != session.Donor || reply.Transfer != session.Id)
            return;
        var lane = session.Lanes.Find(l => l.IsComparing && !l.IsPausing && l.Partition == reply.Partition);
        if (lane is null || !reply.Slots.SetEquals(lane.Slots) || reply.Digests.Length != DigestReply.CountOf(reply.Partition, reply.Slots))
            return;
        if (!MayMerge(session, reply.Registry, reply.Vector, reply.Collected, reply.CollectedClock))
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
        lane.Digests = Spread(reply);
        var before = lane.Left.Count;
        lane.Left = Differing(reply.Partition, lane.Digests.Span, reply.Slots);
        WeighSuspects(session, lane, reply, lane.Left);
        if (!lane.IsSecondLook)
        {
            session.Slots += lane.Left.Count;
            Counters.SlotsDiffering += lane.Left.Count;
        }
        lane.IsEvening = lane.IsSecondLook && lane.Left.Count > 0 && lane.Left.Count <= before / 2;
        Exchange(session, lane, isNews: !Vector().Covers(reply.Vector));
    }

    /// <summary>The digests of a reply, each at the place of its slot.</summary>
    private static UInt128[] Spread(DigestReply reply)
    {
        var digests = new UInt128[Table.SlotsPerPartition];
        var at = 0;
        for (var i = 0; i < Table.SlotsPerPartition; i++)
        {
            if (reply.Slots.Contains(i))
                digests[i] = reply.Digests.Span[at++];
        }
        return digests;
    }

    /// <summary>Does what is next for the slots of a partition that differ.</summary>
    private void Exchange(Session session, SessionLane lane, bool isNews)
    {
        if (lane.Repair is { } repair)
            lane.Receive(lane.Partition, lane.Partition, repair.Slots);
        else if (lane.Left.Count == 0)
        {
            GoOn(session, lane);
            return;
        }
        else if (lane.IsSecondLook && !lane.IsEvening)
            lane.Receive(lane.Partition, lane.Partition, lane.Left, TransferStep.List);
        else if (isNews && !lane.IsSecondLook)
            lane.Receive(lane.Partition, lane.Partition, lane.Left, TransferStep.News);
        else
        {
            LookAgain(session, lane);
            return;
        }
        Request(session, lane);
    }

    /// <summary>A session that nobody waits for gives the stream a moment.</summary>
    private void LookAgain(Session session, SessionLane lane)
    {
        lane.CompareAgain();
        RequestPaced(session, lane, mayPause: session.Reason == SessionReason.Periodic);
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
        var lane = session.Lanes.Find(l => !l.IsComparing && !l.IsPausing && l.Cursor == chunk.Cursor && l.Step == chunk.Step);
        if (lane is null || chunk.Part != lane.Part || (chunk.Part > 0 && chunk.Answer != lane.Answer))
            return;
        if (!MayMerge(session, chunk.Registry, chunk.Vector, chunk.Collected, chunk.CollectedClock))
            return;
        lane.Answer = chunk.Answer;
        lane.Part++;
        lane.Attempts = 0;
        lane.UntilMs = _elapsedMs + _settings.RequestTimeoutMs;
        session.Bound(chunk.Vector);
        MergeFloor(session, chunk.Floor);
        if (chunk.Step == TransferStep.List)
            TakeList(session, lane, chunk);
        else
            MergeEntries(session, lane, chunk);
        if (chunk.More)
            return;
        Counters.PiecesReceived++;
        if (lane.Wanted.Count > 0 && !FinishList(lane, chunk.Next))
        {
            RequestPaced(session, lane, mayPause: chunk.Step == TransferStep.Wanted);
            return;
        }
        if (chunk.Next != 0)
        {
            lane.Cursor = chunk.Next;
            lane.Partition = (int)(chunk.Next & (Table.Partitions - 1));
            // A piece that ended early had the donor walk for long.
            RequestPaced(session, lane, mayPause: true);
            return;
        }
        CompleteStep(session, lane, chunk.CollectedClock);
    }

    /// <summary>Behind a list that shows something wanted, or an answer that brought of it: true when all of it is here.</summary>
    private static bool FinishList(SessionLane lane, ulong next)
    {
        if (lane.Step == TransferStep.List)
        {
            lane.ReceiveWanted(until: next);
            return false;
        }
        if (next != lane.Until)
        {
            lane.Cursor = next;
            return false;
        }
        lane.ListOn();
        return true;
    }

    private void CompleteStep(Session session, SessionLane lane, ulong collectedClock)
    {
        if (session.IsWhole)
        {
            GoOn(session, lane);
            return;
        }
        if (lane.Step == TransferStep.News)
        {
            LookAgain(session, lane);
            return;
        }
        var done = lane.Repair?.Slots ?? lane.Left;
        CompleteRepair(lane, collectedClock);
        // What still differs is newer here, or was written meanwhile.
        if (!session.HasMore)
            session.HasMore = Differing(lane.Last, lane.Digests.Span, done).Count > 0;
        lane.Left = lane.Left.Except(done);
        lane.Repair = null;
        lane.Partition = lane.Last;
        Exchange(session, lane, isNews: !Vector().Covers(session.Vector!));
    }

    /// <summary>Finds out what of a list is wanted.</summary>
    private void TakeList(Session session, SessionLane lane, TransferChunk chunk)
    {
        // Asked for twice.
        if (chunk.Part == 0)
            lane.Wanted.Clear();
        for (var listed = chunk.Records.Span; !listed.IsEmpty; listed = listed[ListedEntry.SizeBytes..])
        {
            var theirs = ListedEntry.Read(listed);
            if (IsWanted(lane.Last, theirs))
                lane.Wanted.Add(theirs.Hash);
        }
        session.UnpausedBytes += chunk.Records.Length;
        Counters.ListedEntries += chunk.Count;
    }

    private bool IsWanted(int partition, in ListedEntry theirs)
    {
        if (theirs.Version <= _table.Floor)
            return false;
        if (_table.TryFind(partition, theirs.Hash, out var mine))
            return mine.Version < theirs.Version || (mine.Version == theirs.Version && (uint)ContentHash.OfEntry(mine) != theirs.Content);
        if (theirs.Version.Clock > _collectedClock)
            return true;
        Counters.Refused++;
        return false;
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
