using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <summary>
/// Asks for digests: of all partitions, which opens a session, or of the slots of one of them. Repeated if nothing comes.
/// </summary>
/// <param name="Replica">Who asks.</param>
/// <param name="Transfer">The session, named by the asker; what answers another one is ignored.</param>
/// <param name="Partition">Which partition's slots; <see cref="Root"/> for the partitions themselves.</param>
public sealed record DigestRequest(ulong Replica, ulong Transfer, int Partition) : PeerMessage
{
    /// <summary>As a partition: the digests of all partitions.</summary>
    public const int Root = Table.Partitions;

    /// <summary>Which slots of the partition.</summary>
    public SlotSet Slots { get; init; } = SlotSet.All;
}

/// <summary>What the donor's table adds up to. If it is lost, it is asked for again.</summary>
/// <param name="Replica">The donor.</param>
/// <param name="Transfer">As in the request.</param>
/// <param name="Partition">As in the request.</param>
/// <param name="Floor">The donor's floor.</param>
/// <param name="Vector">What the donor's table held when the digests were read.</param>
/// <param name="Digests">64 of partitions, or those of the slots that were asked for, in order.</param>
public sealed record DigestReply(
    ulong Replica,
    ulong Transfer,
    int Partition,
    VersionStamp Floor,
    OriginVector Vector,
    ReadOnlyMemory<UInt128> Digests) : PeerMessage
{
    /// <summary>As in the donor's status, when the digests were read: the receiver must cover it, or may hold what was deleted.</summary>
    public OriginVector Collected { get; init; } = OriginVector.Empty;

    /// <summary>Up to which clock the donor had collected when the digests were read.</summary>
    public ulong CollectedClock { get; init; }

    /// <summary>A hash of the registry that the donor knew when it answered: the receiver takes nothing while it knows another.</summary>
    public ulong Registry { get; init; }

    /// <summary>The donor's suspect slots, in order: what it says of these is not worth more than what anybody else has.</summary>
    public IReadOnlyList<int> Suspects { get; init; } = [];

    /// <summary>As in the request.</summary>
    public SlotSet Slots { get; init; } = SlotSet.All;

    /// <summary>How many digests an answer for these slots of <paramref name="partition"/> has.</summary>
    public static int CountOf(int partition, SlotSet slots) => partition == DigestRequest.Root ? Table.Partitions : slots.Count;
}

/// <summary>What a receiver asks for of the entries of some slots. The byte is part of the message.</summary>
public enum TransferStep : byte
{
    /// <summary>All of them: a join, and slots that are suspect at the receiver.</summary>
    Everything,

    /// <summary>Those that the receiver's vector does not cover: what it must lack, unless it has it from beyond a gap.</summary>
    News,

    /// <summary>A <see cref="ListedEntry"/> of each.</summary>
    List,

    /// <summary>Of a piece that was listed, the entries that the receiver lacks or has older or other.</summary>
    Wanted,
}

/// <summary>Asks for a piece of the donor's table. Repeated if nothing comes.</summary>
/// <param name="Replica">Who asks.</param>
/// <param name="Transfer">The session, named by the asker; what answers another one is ignored.</param>
/// <param name="Cursor">Where the piece begins: the partition in the low 6 bits, the place within it above. The place 0 is its beginning.</param>
/// <param name="Last">The last partition that is asked for.</param>
/// <param name="Slots">Which slots of these partitions.</param>
public sealed record TransferRequest(ulong Replica, ulong Transfer, ulong Cursor, int Last, SlotSet Slots) : PeerMessage
{
    /// <summary>What is asked for.</summary>
    public TransferStep Step { get; init; }

    /// <summary>For <see cref="TransferStep.News"/>: what the asker holds.</summary>
    public OriginVector Held { get; init; } = OriginVector.Empty;

    /// <summary>For a list, and for what is wanted of it: the seed of the asker's table, which keys are hashed with.</summary>
    public ulong Seed { get; init; }

    /// <summary>For what is wanted of a list: the cursor behind the piece that was listed.</summary>
    public ulong Until { get; init; }

    /// <summary>What is wanted of a list, by the hashes of the keys.</summary>
    public IReadOnlyCollection<ulong> Wanted { get; init; } = [];
}

/// <summary>Entries of the donor's table, or a list of them. A piece too large for a frame comes in several parts.</summary>
/// <param name="Replica">The donor.</param>
/// <param name="Transfer">As in the request.</param>
/// <param name="Cursor">As in the request.</param>
/// <param name="Answer">The donor numbers its answers. A request may be answered twice, with the entries cut into parts in two ways.</param>
/// <param name="Part">0, 1, 2, … within the answer: a part that was lost shows.</param>
/// <param name="More">True when another part of the piece follows.</param>
/// <param name="Next">The cursor of the next piece; 0 when there is none up to the last partition that was asked for.</param>
/// <param name="Floor">The donor's floor.</param>
/// <param name="Vector">What the donor's table held before the entries of this piece were read.</param>
/// <param name="Count">How many entries.</param>
/// <param name="Records">
/// As many <see cref="EntryRecord"/>s with their start ids, or <see cref="ListedEntry"/>s; checked when it was decoded.
/// </param>
public sealed record TransferChunk(
    ulong Replica,
    ulong Transfer,
    ulong Cursor,
    long Answer,
    int Part,
    bool More,
    ulong Next,
    VersionStamp Floor,
    OriginVector Vector,
    int Count,
    ReadOnlyMemory<byte> Records) : PeerMessage
{
    /// <summary>As in the request: a list and what is wanted of it have the same cursor.</summary>
    public TransferStep Step { get; init; }

    /// <summary>As in <see cref="DigestReply"/>.</summary>
    public OriginVector Collected { get; init; } = OriginVector.Empty;

    /// <summary>As in <see cref="DigestReply"/>.</summary>
    public ulong CollectedClock { get; init; }

    /// <summary>A hash of the registry that the donor knew when it answered: the receiver takes nothing while it knows another.</summary>
    public ulong Registry { get; init; }

    /// <summary>As in <see cref="DigestReply"/>.</summary>
    public IReadOnlyList<int> Suspects { get; init; } = [];
}

/// <summary>The donor can't donate: it is loading itself. If it is lost, the time-out tells.</summary>
public sealed record TransferRefused(ulong Replica, ulong Transfer) : PeerMessage;

/// <summary>
/// "I hold what you lack: have a session with me." What ends a session whose receiver had something newer. If it is lost, the next
/// periodic session finds the same.
/// </summary>
public sealed record RepairInvite(ulong Replica) : PeerMessage;
