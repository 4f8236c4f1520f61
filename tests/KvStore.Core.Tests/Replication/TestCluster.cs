using System.Text;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <summary>
/// Replicas joined by a list of messages under way. A test decides what becomes of each: delivered in any order, twice, or
/// lost. Time moves when it says so.
/// </summary>
internal sealed class TestCluster : IDisposable
{
    private readonly Dictionary<ulong, Replica> _replicas = [];
    private readonly ReplicaSettings _settings;
    private ulong _starts;

    public TestCluster(int replicas, ReplicaSettings? settings = null)
    {
        _settings = settings ?? new ReplicaSettings();
        for (var i = 0; i < replicas; i++)
            Start();
    }

    public List<(ulong From, ulong To, PeerMessage Message)> UnderWay { get; } = [];

    public long NowMs { get; private set; } = 1_000_000;

    public IReadOnlyList<Replica> Replicas => [.. _replicas.Values];

    public Func<ulong, ulong, PeerMessage, bool> Loses { get; set; } = static (_, _, _) => false;

    /// <summary>A new process joins: every member sees it up, and it sees them.</summary>
    public Replica Start()
    {
        var id = 0x100 + ++_starts;
        var replica = new Replica(_settings with { Name = $"n{_starts}" }, id, hashSeed: id * 31, Member(id));
        replica.Advance(NowMs);
        foreach (var other in _replicas.Values)
        {
            other.MemberUp(replica.Member);
            replica.MemberUp(other.Member);
        }
        _replicas.Add(id, replica);
        replica.MemberUp(replica.Member);
        Collect();
        return replica;
    }

    /// <summary>kill -9: the process and what is under way to and from it are gone.</summary>
    public void Kill(Replica replica)
    {
        _replicas.Remove(replica.StartId);
        UnderWay.RemoveAll(m => m.From == replica.StartId || m.To == replica.StartId);
        foreach (var other in _replicas.Values)
            other.MemberRemoved(replica.Member);
        replica.Dispose();
    }

    public void Turn(Replica replica, Action<Replica> act)
    {
        replica.Advance(NowMs);
        act(replica);
        replica.Flush();
        Collect();
    }

    public void Deliver(int index, bool keep = false)
    {
        var (_, to, message) = UnderWay[index];
        if (!keep)
            UnderWay.RemoveAt(index);
        if (_replicas.TryGetValue(to, out var replica))
            Turn(replica, r => r.Receive(message));
    }

    /// <summary>Delivers everything in order, with what that causes.</summary>
    public void DeliverAll()
    {
        while (UnderWay.Count > 0)
            Deliver(0);
    }

    /// <summary>Lets time pass in ticks of 100 ms, delivering everything.</summary>
    public void Run(long ms)
    {
        for (var end = NowMs + ms; NowMs < end;)
        {
            NowMs += 100;
            foreach (var replica in Replicas)
                Turn(replica, static r => r.Tick());
            DeliverAll();
        }
    }

    public void ShouldBeIdentical()
    {
        var first = Replicas[0];
        foreach (var replica in Replicas.Skip(1))
        {
            replica.Digest().ShouldBe(first.Digest());
            replica.Vector().ShouldBe(first.Vector());
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
                // A publisher is its own subscriber too.
                foreach (var to in _replicas.Keys)
                {
                    var isTarget = effect.Kind switch
                    {
                        EffectKind.Send => to == effect.Replica,
                        EffectKind.Broadcast => to != replica.StartId,
                        _ => true,
                    };
                    if (isTarget && !Loses(replica.StartId, to, effect.Message))
                        UnderWay.Add((replica.StartId, to, effect.Message));
                }
            }
            replica.Outbox.Clear();
        }
    }
}
