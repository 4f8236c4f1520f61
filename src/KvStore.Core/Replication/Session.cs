using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <summary>Why a replica compares its table with a peer's, by rising urgency.</summary>
public enum SessionReason : byte
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>The interval has passed.</summary>
    Periodic,

    /// <summary>The peer was out of reach, or has just begun to serve.</summary>
    Returned,

    /// <summary>The peer says that it holds what is missing here. Such a session never ends in an invitation.</summary>
    Invited,

    /// <summary>Somebody has asked for it.</summary>
    Requested,

    /// <summary>Something is missing that no backlog reaches.</summary>
    Gap,

    /// <summary>Memory has changed by itself here, and the peer may have what was there.</summary>
    Suspect,

    /// <summary>This replica can't serve before.</summary>
    Loading,
}

/// <summary>The session in which this replica is receiving, for people.</summary>
/// <param name="Replica">The donor's start id.</param>
/// <param name="Member">The donor's cluster member; empty where it has gone meanwhile.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsWhole">True when everything is received without being compared.</param>
/// <param name="Percent">Of the partitions, how many are done.</param>
/// <param name="Slots">Slots that differed so far.</param>
/// <param name="Entries">Entries received so far.</param>
/// <param name="Changed">Entries among them that changed this table.</param>
public sealed record SessionView(ulong Replica, string Member, SessionReason Reason, bool IsWhole, int Percent, long Slots, long Entries, long Changed);

/// <summary>How far the session with a peer is that <see cref="Replica.Repair"/> asked for, for people.</summary>
/// <param name="Peer">The peer's name.</param>
/// <param name="Phase"><c>waiting</c>, <c>comparing</c>, <c>exchanging</c>, <c>done</c>, or <c>failed</c> while the peer is silent.</param>
/// <param name="Percent">Of the partitions, how many are done.</param>
/// <param name="Slots">Slots that differed.</param>
/// <param name="Received">Entries received.</param>
/// <param name="Sent">Entries sent to the peer in sessions since the repair was asked for.</param>
public sealed record RepairView(string Peer, string Phase, int Percent, long Slots, long Received, long Sent);

/// <summary>
/// The receiver's side of one session: what is still to be compared, and the lanes that ask the donor, each for another part of the
/// table. It knows no messages and no clock.
/// </summary>
internal sealed class Session(ulong donor, ulong id, SessionReason reason, bool isWhole, ulong registry)
{
    private readonly Queue<int> _differing = new();

    public ulong Donor { get; } = donor;

    public ulong Id { get; } = id;

    public SessionReason Reason { get; } = reason;

    public bool IsWhole { get; } = isWhole;

    /// <summary>The registry that both knew when it began: neither has taken anything since of an origin that is gone by it.</summary>
    public ulong Registry { get; } = registry;

    /// <summary>Nobody waits for it: it may take its time, and leaves the time to clients.</summary>
    public bool IsBackground => Reason < SessionReason.Gap;

    public List<SessionLane> Lanes { get; } = [];

    /// <summary>Something of the donor's was left out.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>What is held when everything has been compared and merged.</summary>
    public OriginVector? Vector { get; private set; }

    /// <summary>The greatest floor that the donor has shown.</summary>
    public VersionStamp Floor { get; set; }

    public ReadOnlyMemory<UInt128> Partitions { get; private set; }

    /// <summary>This table has, or had for a moment, what the donor's lacks.</summary>
    public bool HasMore { get; set; }

    /// <summary>Received since it last paused.</summary>
    public long UnpausedBytes { get; set; }

    public bool HasReceived => Entries > 0;

    public long Slots { get; set; }

    public long Entries { get; set; }

    public long Changed { get; set; }

    public int Percent => IsWhole
        ? (Table.Partitions - Lanes.Sum(static l => l.Last - l.Partition + 1)) * 100 / Table.Partitions
        : Partitions.IsEmpty ? 0 : (Table.Partitions - _differing.Count - Lanes.Count) * 100 / Table.Partitions;

    /// <summary>
    /// What the donor held when it read something for this session. What was read dominates the vector that came with it, so all of it
    /// together dominates the least of these: the first, in whatever order the answers come, unless the donor has begun anew meanwhile.
    /// </summary>
    public void Bound(OriginVector vector)
    {
        if (Vector is null)
            Vector = vector;
        else if (!vector.CoversCollected(Vector))
            Vector = OriginVector.Min(Vector, vector);
    }

    /// <summary>Something of the donor's was left out: this table does not dominate what the donor held, and nothing is claimed.</summary>
    public void Skip()
    {
        IsPartial = true;
        Bound(OriginVector.Empty);
    }

    /// <summary>Takes the donor's digests of all partitions, and what is to be compared further: a suspect slot is, in any case.</summary>
    public void Compare(ReadOnlyMemory<UInt128> partitions, Table table)
    {
        Partitions = partitions;
        for (var i = 0; i < Table.Partitions; i++)
        {
            if (partitions.Span[i] != table.PartitionDigest(i) || table.HasSuspects(i))
                _differing.Enqueue(i);
        }
    }

    /// <summary>The next partition that differs; those that the stream has evened out meanwhile are passed over.</summary>
    public bool TryNext(Table table, out int partition)
    {
        while (_differing.TryDequeue(out partition))
        {
            if (Partitions.Span[partition] != table.PartitionDigest(partition) || table.HasSuspects(partition))
                return true;
        }
        return false;
    }
}
