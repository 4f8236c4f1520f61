using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <summary>
/// A whole replica as a state machine: client commands, peers' messages, membership and the time go in; replies are read
/// off the table, and what must be sent comes out in <see cref="Outbox"/>. It knows no sockets, clocks, threads or actors.
/// One owner calls it, one call at a time, and drains the outbox after every turn.
/// </summary>
/// <remarks>
/// By aspect: this file reads; Writes stamps; Mutations applies what others accepted; Refill closes gaps; Sessions, Receiver and
/// Donor even out tables; Peers watches the others; Loading decides when this one may serve; Persistence and Restore remember; Registry
/// knows who may hold data, Collection forgets deletions when all of them have synced them, and Discard begins anew where contents no
/// longer count; Generation tells which clusters grew from one.
/// </remarks>
public sealed partial class Replica : IDisposable
{
    private readonly ReplicaSettings _settings;
    private readonly ulong _hashSeed;
    private readonly Table _table;
    private readonly HybridClock _clock = new();
    private PendingMutations _pending;
    private Backlog _backlog;
    private readonly Dictionary<ulong, OriginProgress> _origins = [];

    // What intervals and time-outs are measured in: a wall clock that is set back by an hour must not silence the replica for one.
    private long _elapsedMs;
    private long _startedMs;

    /// <summary>Creates an empty replica, which loads until it has found out what its peers hold.</summary>
    /// <param name="settings">Bounds and intervals.</param>
    /// <param name="startId">Random and never used before; not 0.</param>
    /// <param name="hashSeed">Secret from clients.</param>
    /// <param name="member">This process as the cluster knows it, <c>address#uid</c>.</param>
    /// <param name="store">The identity of the data folder; without one, 0: a process that starts again is another store.</param>
    public Replica(ReplicaSettings settings, ulong startId, ulong hashSeed, string member, ulong store = 0)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfZero(startId);
        _settings = settings;
        StartId = startId;
        Folder = Store = store == 0 ? startId : store;
        Member = member;
        _hashSeed = hashSeed;
        _table = new Table(hashSeed);
        _pending = new PendingMutations(startId);
        _backlog = new Backlog(settings.BacklogBytes);
        _conflicts = new ConflictJournal(settings.ConflictsKept);
    }

    /// <summary>
    /// The identity of this process start, under which it numbers the mutations that it accepts; another after it has discarded
    /// what it had, since the others may have agreed that the old one is at its end.
    /// </summary>
    public ulong StartId { get; private set; }

    /// <summary>The identity of the data folder, under which its files are written; of this process where there is none.</summary>
    public ulong Folder { get; }

    /// <summary>This process as the cluster knows it; another after <see cref="Rename"/>.</summary>
    public string Member { get; private set; }

    /// <summary>True while the owner takes in what is on disk: then this replica neither asks nor gives, and waits.</summary>
    public bool IsRecovering { get; set; }

    /// <summary>False while it loads: then it neither answers clients, nor acknowledges, nor donates.</summary>
    public bool Ready { get; private set; }

    /// <summary>Unix milliseconds of the current turn.</summary>
    public long NowMs { get; private set; }

    /// <summary>When it was made, in Unix milliseconds: what its peers know as the start of its process.</summary>
    public long StartedMs => _startedMs;

    /// <summary>Where clients reach this node, for the others to tell people; empty where they do not.</summary>
    public string Gateway { get; set; } = "";

    /// <summary>What must be sent.</summary>
    public Outbox Outbox { get; } = new();

    /// <summary>Counts since the start.</summary>
    public ReplicaCounters Counters { get; } = new();

    /// <summary>Keys that clients see, and expired ones that were not found yet.</summary>
    public long Count => _table.Live;

    /// <summary>Keys with an expiry.</summary>
    public long ExpiringCount => _table.Expiring;

    /// <summary>Entries of any kind, tombstones included.</summary>
    public long EntryCount => _table.Count;

    /// <summary>Bytes of records, and bytes held from the system for them.</summary>
    public (long Used, long Reserved) Memory => _table.Memory;

    /// <summary>Bytes of mutations kept for refills.</summary>
    public long BacklogBytes => _backlog.Bytes;

    /// <summary>
    /// Origins of which something is missing here that somebody may have. It falls to 0 where replicas can talk to each other.
    /// </summary>
    public int OriginsWithGaps => _origins.Values.Count(static p => p.HasGap);

    /// <summary>Number of the last mutation that was accepted here.</summary>
    public long LastNumber => _pending.Last;

    /// <summary>
    /// True while something waits that <see cref="Flush"/> can put into the outbox. Acknowledgements of a replica that loads can't
    /// leave yet: an owner that flushed for their sake would do nothing else until it is done.
    /// </summary>
    public bool NeedsFlush => _pending.Length > 0 || _unwritten.Count > 0 || (Ready && _acknowledge.Count > 0);

    /// <summary>Sets the time of this turn; every input follows one. It may be set back.</summary>
    public void Advance(long nowMs)
    {
        if (_startedMs == 0)
            _startedMs = nowMs;
        _elapsedMs += Math.Max(nowMs - NowMs, 0);
        NowMs = nowMs;
        _table.Advance(nowMs);
    }

    /// <summary>Finds the entry of a key that clients see: neither deleted nor expired.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out EntryView entry) => _table.TryRead(key, out entry) && entry.IsLive(NowMs);

    /// <summary>
    /// Walks over the live entries, from cursor 0 until it comes back as 0. An entry that is there throughout is visited
    /// at least once.
    /// </summary>
    /// <param name="cursor">0, or what the last call returned.</param>
    /// <param name="budget">About how many entries to visit, tombstones included.</param>
    /// <param name="visitor">Must not change the replica.</param>
    public ulong Scan<TVisitor>(ulong cursor, int budget, ref TVisitor visitor)
        where TVisitor : IEntryVisitor, allows ref struct =>
        _table.Scan(cursor, budget, NowMs, ref visitor);

    /// <summary>What this table holds of every origin, its own included.</summary>
    public OriginVector Vector()
    {
        var entries = new List<KeyValuePair<ulong, OriginMark>>(_origins.Count + 1);
        // Stamping ticks: what this replica writes next is above all that its clock has shown.
        entries.Add(new(StartId, new OriginMark(_pending.Last, _clock.Last)));
        foreach (var (origin, progress) in _origins)
        {
            // What came and went without a write, as every restart may, is not carried along.
            if (progress.Mark.Number > 0 || progress.IsClosed || (progress.Mark != default && !IsGone(origin)))
                entries.Add(new(origin, progress.Mark));
        }
        return new OriginVector(entries);
    }

    /// <summary>Puts what has collected into the outbox: pending mutations as one message, and one acknowledgement for each origin.</summary>
    public void Flush()
    {
        PersistUnwritten();
        PublishPending();
        AcknowledgeOrigins();
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();

    private OriginProgress Progress(ulong origin)
    {
        if (!_origins.TryGetValue(origin, out var progress))
            _origins.Add(origin, progress = new OriginProgress());
        return progress;
    }
}
