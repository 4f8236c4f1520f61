using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <content>What an earlier process of this node remembered, taken back before the first turn.</content>
public sealed partial class Replica
{
    /// <summary>Takes back one item of the log or of a snapshot, in the order in which they were written. Twice is as good as once.</summary>
    public void Restore(LogItem item)
    {
        switch (item)
        {
            case MutationsItem mutations:
                Restore(mutations.Message);
                break;
            case EntriesItem entries:
                Restore(entries);
                break;
            case FloorItem floor:
                _clock.Observe(floor.Floor.Clock);
                _table.RaiseFloor(floor.Floor);
                break;
            case CoveredItem covered:
                foreach (var (origin, mark) in covered.Vector)
                    Progress(origin).CoverUpTo(mark);
                break;
            case BeyondItem beyond:
                if (Progress(beyond.Origin).CanAdd(beyond.First, beyond.Last))
                    Progress(beyond.Origin).Add(beyond.First, beyond.Last, beyond.Clock);
                break;
            case CeilingItem ceiling:
                _clock.Observe(ceiling.Clock);
                break;
            case ReadyItem:
                IsComplete = true;
                break;
            case IdentityItem identity:
                Store = identity.Store;
                if (!identity.GivesUp)
                    break;
                ForgetClaims();
                (IsComplete, _loadedFrom) = (false, null);
                break;
            case ResetItem:
                Clear();
                break;
            case LoadingItem loading:
                _loadedFrom = (loading.Collected, loading.Clock);
                break;
            case CollectedItem collected:
                Adopt(collected.Vector, collected.Clock);
                _persistedClock = _collectedClock;
                break;
            case RegistryItem registry:
                Restore(ReplicaRegistry.Decode(registry.State.Span));
                break;
            default:
                throw new ArgumentException($"A replica does not know {item?.GetType().Name ?? "null"}.", nameof(item));
        }
    }

    // Of two generations the later is the one to which this replica went over.
    private void Restore(ReplicaRegistry registry)
    {
        _registry = _registry.IsApartFrom(registry.Generation) ? registry : _registry.Merge(registry);
        _registeredMs = _elapsedMs;
    }

    private void Restore(EntriesItem entries)
    {
        var records = entries.Records.Span;
        for (var i = 0; i < entries.Count; i++)
        {
            var record = EntryRecord.Read(ref records, origin: 0);
            Progress(record.Version.StartId).Saw(record.Version.Clock);
            Apply(record, out _);
        }
        if (!records.IsEmpty)
            throw new FormatException("Malformed log item: bytes behind the last entry.");
    }

    private void Restore(Mutations message)
    {
        var progress = Progress(message.Origin);
        var records = message.Records.Span;
        ulong clock = 0;
        for (var i = 0; i < message.Count; i++)
        {
            var record = EntryRecord.Read(ref records, message.Origin);
            clock = record.Version.Clock;
            if (!IsCollected(record))
                Apply(record, out _);
        }
        // What lies beyond too many gaps is in the table, and asked for again.
        if (!progress.CanAdd(message.First, message.Last))
        {
            progress.Saw(clock);
            progress.Announce(message.Last);
            return;
        }
        progress.Add(message.First, message.Last, clock);
        _backlog.Add(message);
    }
}
