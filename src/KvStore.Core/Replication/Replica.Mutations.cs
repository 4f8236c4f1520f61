using KvStore.Core.Log;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <content>What other replicas accepted: applied in any order, acknowledged without gaps, never published again.</content>
public sealed partial class Replica
{
    private readonly HashSet<ulong> _acknowledge = [];

    /// <summary>Takes in a message of a peer.</summary>
    public void Receive(PeerMessage message)
    {
        switch (message)
        {
            case Mutations mutations:
                OnMutations(mutations);
                break;
            case Acknowledge acknowledge:
                OnAcknowledge(acknowledge);
                break;
            case ReplicaStatus status:
                OnStatus(status);
                break;
            case RefillRequest request:
                OnRefillRequest(request);
                break;
            case RefillEnd end:
                OnRefillEnd(end);
                break;
            case DigestRequest request:
                OnDigestRequest(request);
                break;
            case DigestReply reply:
                OnDigestReply(reply);
                break;
            case TransferRequest request:
                OnTransferRequest(request);
                break;
            case TransferChunk chunk:
                OnTransferChunk(chunk);
                break;
            case RegistryUpdate update:
                OnRegistryUpdate(update);
                break;
            case TransferRefused refused:
                OnTransferRefused(refused);
                break;
            case RepairInvite invite:
                OnRepairInvite(invite);
                break;
            default:
                throw new ArgumentException($"A replica does not know {message?.GetType().Name ?? "null"}.", nameof(message));
        }
    }

    private void OnMutations(Mutations message)
    {
        // Published messages come back to their publisher.
        if (message.Origin == StartId)
            return;
        Counters.Received += message.Count;
        if (!MayTake(message))
        {
            Counters.Late += message.Count;
            return;
        }
        var progress = Progress(message.Origin);
        if (progress.Holds(message.First, message.Last) || progress.IsClosed)
        {
            Counters.Superseded += message.Count;
            return;
        }
        var before = progress.Applied;
        if (progress.CanAdd(message.First, message.Last))
        {
            var clock = ApplyMutations(message, progress);
            progress.Add(message.First, message.Last, clock);
            _backlog.Add(message);
            Persist(new MutationsItem(message));
            _acknowledge.Add(message.Origin);
        }
        else
        {
            Counters.Dropped++;
            progress.Announce(message.Last);
        }
        if (!progress.HasGap)
            _refills.Remove(message.Origin);
        else if (progress.Applied > before && _refills.TryGetValue(message.Origin, out var refill))
            refill.UntilMs = Math.Max(refill.UntilMs, _elapsedMs + _settings.RequestTimeoutMs);
        else
            RequestRefill(message.Origin, progress);
    }

    // Returns the clock of the last one.
    private ulong ApplyMutations(Mutations message, OriginProgress progress)
    {
        var records = message.Records.Span;
        ulong clock = 0;
        for (var number = message.First; number <= message.Last; number++)
        {
            var record = EntryRecord.Read(ref records, message.Origin);
            clock = record.Version.Clock;
            if (progress.Holds(number))
                Counters.Superseded++;
            else if (IsCollected(record))
                NoteBelowCollected();
            else if (Apply(record, out var previous))
                NoteApplied(record, previous);
            else
                NoteSuperseded(record, previous);
        }
        return clock;
    }

    private void NoteBelowCollected()
    {
        Counters.Superseded++;
        Counters.BelowCollected++;
    }

    private bool Apply(in EntryRecord record, out VersionStamp previous)
    {
        previous = VersionStamp.None;
        _clock.Observe(record.Version.Clock);
        if (record.Kind == RecordKind.Floor)
        {
            var raised = record.Version > _table.Floor;
            RaiseFloor(record.Version);
            return raised;
        }
        var outcome = _table.Apply(record.Key, record.Entry, out previous, out _);
        if (outcome == ApplyOutcome.Diverged)
            Counters.Diverged++;
        if (outcome == ApplyOutcome.Restored)
            Counters.RottenEntries++;
        return outcome == ApplyOutcome.Applied;
    }

    private void AcknowledgeOrigins()
    {
        if (!Ready)
            return;
        foreach (var origin in _acknowledge)
            Outbox.Send(origin, new Acknowledge(StartId, origin, _origins[origin].Applied), afterWrite: true);
        _acknowledge.Clear();
    }

    private void OnAcknowledge(Acknowledge message)
    {
        // One that came late may be about the origin that this process was before.
        if (message.Origin == StartId && _peers.TryGetValue(message.Replica, out var peer))
            peer.Acknowledged = Math.Max(peer.Acknowledged, Math.Min(message.Applied, _pending.Last));
    }
}
