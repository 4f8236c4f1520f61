using System.Text;
using KvStore.Core.Log;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>
/// Replicas joined by a list of messages under way. A test decides what becomes of each: delivered in any order, twice, or
/// lost. Time moves when it says so.
/// </summary>
internal sealed partial class TestCluster : IDisposable
{
    private readonly Dictionary<ulong, Replica> _replicas = [];
    private readonly Dictionary<ulong, Disk> _disks = [];
    private readonly Dictionary<ulong, (string Name, ulong Store)> _born = [];
    private readonly Dictionary<ulong, Replica> _former = [];
    private readonly ReplicaSettings _settings;
    private ulong _starts;

    public TestCluster(int replicas, ReplicaSettings? settings = null)
    {
        _settings = settings ?? new ReplicaSettings();
        for (var i = 0; i < replicas; i++)
            Start();
    }

    public List<(ulong From, ulong To, PeerMessage Message)> UnderWay { get; } = [];

    public long NowMs { get; set; } = 1_000_000;

    public IReadOnlyList<Replica> Replicas => [.. _replicas.Values];

    public Func<ulong, ulong, PeerMessage, bool> Loses { get; set; } = static (_, _, _) => false;

    /// <summary>Sees every mutation once, when it is published.</summary>
    public Action<Mutations>? Published { get; set; }

    /// <summary>Sees what a replica has written to its log.</summary>
    public Action<Replica, LogItem>? Logged { get; set; }

    /// <summary>Whether what a durable replica has written is on its disk at once.</summary>
    public Func<Replica, bool> Syncs { get; set; } = static _ => true;

    /// <summary>A replica that syncs nothing, not even a ceiling.</summary>
    public Replica? Stalled { get; set; }

    /// <summary>Whether a sync that has begun is done with the next one only.</summary>
    public Func<Replica, bool> Lags { get; set; } = static _ => false;

    /// <summary>What a process that is started is told, in place of what all are.</summary>
    public Func<ReplicaSettings, ReplicaSettings> Told { get; set; } = static settings => settings;

    /// <summary>How far the wall clock of a node is ahead.</summary>
    public Dictionary<Replica, long> AheadMs { get; } = [];

    /// <summary>Messages that were put under way since the start, lost ones included.</summary>
    public long Sent { get; private set; }

    /// <summary>A new process joins: every member sees it up, and it sees them.</summary>
    public Replica Start() => Join(StartUnseen());

    /// <summary>A new process under a name: one that was there before and kept nothing.</summary>
    public Replica Start(string name) => Join(StartUnseen(name));

    /// <summary>Every member sees it up, and it sees them.</summary>
    public Replica Join(Replica replica)
    {
        foreach (var other in Replicas)
            Introduce(replica, other);
        Turn(replica, r => r.MemberUp(r.Member));
        return replica;
    }

    /// <summary>
    /// A new process with what a durable one, which has crashed and been removed, had written, or with what it had synced. No member
    /// sees it yet, and it sees none.
    /// </summary>
    public Replica StartAgain(ulong crashed, bool syncedOnly = false)
    {
        var (name, store) = _born[crashed];
        var replica = StartUnseen(name, store);
        var disk = _disks[crashed];
        if (syncedOnly)
            disk.Items.RemoveRange(disk.Synced, disk.Items.Count - disk.Synced);
        _disks[replica.StartId] = new Disk { Items = [.. disk.Items], Synced = disk.Items.Count, Reported = disk.Reported };
        foreach (var item in disk.Items)
            replica.Restore(item);
        disk.Reported.All(e => replica.Vector()[e.Key].Number >= e.Value.Number).ShouldBeTrue($"{crashed:x} has said that it synced {disk.Reported}, and holds {replica.Vector()}");
        disk.Reported.Where(static e => e.Value is { IsClosed: true, Number: > 0 })
            .ShouldAllBe(e => replica.Vector()[e.Key].IsClosed, $"{crashed:x} had closed these, and synced that");
        return replica;
    }

    /// <summary>A snapshot begins, or goes on by a slice; behind the last it takes the place of the log before it.</summary>
    public void StepSnapshot(Replica replica)
    {
        var disk = _disks[replica.StartId];
        if (disk.Claims is null)
            (disk.Claims, disk.Begin, disk.Slices, disk.Cursor) = (replica.SnapshotClaims(), disk.Items.Count, [], 0);
        if (replica.IsSnapshotVoid)
        {
            replica.EndSnapshot();
            disk.Claims = null;
            return;
        }
        var slice = replica.SnapshotSlice(ref disk.Cursor, maxBytes: 200);
        disk.Slices.Add(slice with { Records = slice.Records.ToArray() });
        if (disk.Cursor != 0)
            return;
        var snapshot = disk.Slices.Concat(disk.Claims).ToList();
        disk.Items.RemoveRange(0, disk.Begin);
        disk.Items.InsertRange(0, snapshot);
        disk.Synced = snapshot.Count + Math.Max(0, disk.Synced - disk.Begin);
        disk.Syncing = disk.Syncing is { } begun ? snapshot.Count + Math.Max(0, begun - disk.Begin) : null;
        disk.Claims = null;
    }

    public bool IsSnapshotting(Replica replica) => _disks[replica.StartId].Claims is not null;

    /// <summary>A new process that no member sees yet, and that sees none, itself included.</summary>
    public Replica StartUnseen()
    {
        return StartUnseen($"n{_starts + 1}");
    }

    /// <summary>As <see cref="StartUnseen()"/>, under a name, and with the data folder of one that was there before.</summary>
    public Replica StartUnseen(string name, ulong store = 0)
    {
        var id = 0x100 + ++_starts;
        var replica = new Replica(Told(_settings with { Name = name }), id, hashSeed: id * 31, Member(id), store);
        replica.Advance(NowMs);
        _replicas.Add(id, replica);
        _disks.Add(id, new Disk());
        _born.Add(id, (name, replica.Store));
        return replica;
    }

    /// <summary>Both learn that the other is up and reachable.</summary>
    public void Introduce(Replica one, Replica other)
    {
        if (one == other)
            return;
        Turn(one, r => r.MemberUp(other.Member));
        Turn(other, r => r.MemberUp(one.Member));
    }

    /// <summary>kill -9: the process and what is under way to and from it are gone.</summary>
    public void Kill(Replica replica)
    {
        UnderWay.RemoveAll(m => m.From == replica.StartId || m.To == replica.StartId);
        Crash(replica);
        Remove(replica.Member);
    }

    /// <summary>The process is gone; what it sent is still under way, and the cluster does not know yet.</summary>
    public void Crash(Replica replica)
    {
        _replicas.Remove(replica.StartId);
        replica.Dispose();
    }

    /// <summary>The cluster has removed the member, and everybody knows.</summary>
    public void Remove(string member)
    {
        foreach (var other in Replicas)
            Turn(other, r => r.MemberRemoved(member));
    }

    public void Turn(Replica replica, Action<Replica> act)
    {
        replica.Advance(NowMs + AheadMs.GetValueOrDefault(replica));
        if (!replica.MayStamp && replica != Stalled)
        {
            replica.RaiseCeiling();
            replica.Flush();
            Sync(replica, lags: false);
        }
        act(replica);
        replica.Flush();
        // Its owner flushes until there is nothing left to: a replica that always asks for more would keep it busy for ever.
        replica.NeedsFlush.ShouldBeFalse();
        if (_settings.Durable && Syncs(replica) && replica != Stalled)
            Sync(replica, Lags(replica));
        // One that gave up what it had goes on under another start id; what is under way to the old one still reaches it.
        if (!_replicas.ContainsKey(replica.StartId) && _replicas.ContainsValue(replica))
        {
            foreach (var id in _replicas.Where(r => r.Value == replica).Select(static r => r.Key).ToList())
            {
                _replicas.Remove(id);
                _former[id] = replica;
                _disks[replica.StartId] = _disks[id];
                _born[replica.StartId] = _born[id];
            }
            _replicas.Add(replica.StartId, replica);
        }
        Collect();
    }

    private void Sync(Replica replica, bool lags)
    {
        var disk = _disks.Where(d => _replicas.GetValueOrDefault(d.Key) == replica).Select(static d => d.Value).First();
        if (disk.Syncing is { } begun)
        {
            replica.SyncDone();
            replica.SyncClaimed();
            disk.Synced = begun;
        }
        replica.SyncStarting();
        disk.Syncing = disk.Items.Count + replica.Outbox.Items.Count;
        if (lags)
            return;
        replica.SyncDone();
        replica.SyncClaimed();
        (disk.Synced, disk.Syncing) = (disk.Syncing.Value, null);
    }

    public void Deliver(int index, bool keep = false)
    {
        var (_, to, message) = UnderWay[index];
        if (!keep)
            UnderWay.RemoveAt(index);
        if (_replicas.TryGetValue(to, out var replica) || (_former.TryGetValue(to, out replica) && _replicas.ContainsValue(replica)))
            Turn(replica, r => r.Receive(message));
    }

    /// <summary>Delivers the first message of a kind that is under way to a replica, and nothing else.</summary>
    public void DeliverFirst<TMessage>(Replica to)
        where TMessage : PeerMessage =>
        Deliver(UnderWay.FindIndex(m => m.To == to.StartId && m.Message is TMessage));

    /// <summary>Delivers in order until a message of a kind is under way.</summary>
    public void DeliverUntil<TMessage>()
        where TMessage : PeerMessage
    {
        while (!UnderWay.Exists(static m => m.Message is TMessage))
            Deliver(0);
    }

    /// <summary>Delivers everything in order, with what that causes.</summary>
    public void DeliverAll()
    {
        for (var delivered = 0; UnderWay.Count > 0; delivered++)
        {
            if (delivered >= 200_000)
                throw new InvalidOperationException($"Messages cause messages without end: {string.Join(", ", UnderWay.Select(static m => $"{m.From:x} {m.Message.GetType().Name} {m.To:x}"))}");
            Deliver(0);
        }
    }

    /// <summary>Lets time pass in ticks of 100 ms, delivering everything.</summary>
    public void Run(long ms)
    {
        for (var end = NowMs + ms; NowMs < end;)
        {
            Tick();
            DeliverAll();
        }
    }

    /// <summary>100 ms pass, and nothing is delivered.</summary>
    public void Tick()
    {
        NowMs += 100;
        foreach (var replica in Replicas)
            Turn(replica, static r => r.Tick());
    }

    public void ShouldBeIdentical()
    {
        var first = Replicas[0];
        foreach (var replica in Replicas.Skip(1))
        {
            replica.Digest().ShouldBe(first.Digest());
            replica.Vector().ToString().ShouldBe(first.Vector().ToString());
            replica.Count.ShouldBe(first.Count);
        }
    }

    public void Dispose()
    {
        foreach (var replica in _replicas.Values)
            replica.Dispose();
    }

    public static void Set(Replica replica, string key, string value, long expiresAtMs = 0) =>
        replica.Set(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), expiresAtMs);

    public static string? Get(Replica replica, string key) =>
        replica.TryGet(Encoding.UTF8.GetBytes(key), out var entry) ? Encoding.UTF8.GetString(entry.Value) : null;

    private static string Member(ulong id) => $"kv://test@node{id}:1#{id}";

    private void Collect()
    {
        foreach (var replica in _replicas.Values)
        {
            foreach (var effect in replica.Outbox.Effects)
            {
                if (effect.Message is ReplicaStatus status)
                    _disks[replica.StartId].Reported = OriginVector.Max(_disks[replica.StartId].Reported, status.Synced);
                if (effect is { Kind: EffectKind.Publish, Message: Mutations mutations })
                    Published?.Invoke(mutations);
                // A publisher is its own subscriber too.
                foreach (var to in _replicas.Keys)
                {
                    var isTarget = effect.Kind switch
                    {
                        EffectKind.Send => to == effect.Replica,
                        EffectKind.Broadcast => to != replica.StartId,
                        _ => true,
                    };
                    if (!isTarget)
                        continue;
                    Sent++;
                    if (!Loses(replica.StartId, to, effect.Message))
                        UnderWay.Add((replica.StartId, to, effect.Message));
                }
            }
            foreach (var item in replica.Outbox.Items)
            {
                _disks[replica.StartId].Add(item);
                Logged?.Invoke(replica, item);
            }
            replica.Outbox.Clear();
        }
    }
}
