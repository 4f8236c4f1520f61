using System.Buffers;
using System.Text;
using KvStore.Core.Replication;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Peer;
using KvStore.Protocol.Resp;

namespace KvStore.Node.Store;

/// <summary>
/// The way of a write from one replica to another, walked on two that are thrown away, before the real one serves. Code is compiled
/// when it first runs: without this the first write of a fresh cluster takes tens of milliseconds to reach its peers, and whoever
/// tries the database out reads the old value there.
/// </summary>
internal static class Rehearsal
{
    private const int Rounds = 32;

    /// <summary>Five seconds of its own time, of which it takes under one.</summary>
    private const int MaxTicksToJoin = 50;

    // Any node of the process may be the first, on any thread.
    private static int s_hasRun;

    private static readonly byte[] Script = Encoding.ASCII.GetBytes(
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nSET l w\nGET l\n*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n");

    /// <summary>Walks it, unless another node of this process has: what is compiled stays so.</summary>
    public static void RunOnce(NodeSettings settings, NodeFacts facts)
    {
        if (Interlocked.Exchange(ref s_hasRun, 1) == 0)
            Run(settings, facts);
    }

    private static void Run(NodeSettings settings, NodeFacts facts)
    {
        facts.IsRehearsing = true;
        var inMemory = settings.Replica with { Durable = false };
        using var origin = new Replica(inMemory with { Name = "origin" }, 1, 1, "origin");
        using var peer = new Replica(inMemory with { Name = "peer" }, 2, 2, "peer");
        origin.Advance(facts.StartedAtMs);
        origin.MemberUp(origin.Member);
        origin.Tick();
        origin.MemberUp(peer.Member);
        peer.MemberUp(origin.Member);
        peer.MemberUp(peer.Member);
        // Mutations are taken of those only that are registered, and a replica registers when it joins.
        for (var tick = 1; !peer.Ready && tick < MaxTicksToJoin; tick++)
        {
            foreach (var replica in (Replica[])[origin, peer])
            {
                replica.Advance(facts.StartedAtMs + (100 * tick));
                replica.Tick();
                replica.Flush();
            }
            Deliver(origin, peer);
            Deliver(peer, origin);
        }
        var executor = new CommandExecutor(origin, facts, settings.Limits);
        var parser = new RequestParser(settings.Limits);
        var batch = new CommandBatch(settings.Limits);
        var session = new ClientSession(0, "", "", facts.StartedAtMs);
        for (var round = 0; round < Rounds; round++)
        {
            parser.Parse(new ReadOnlySequence<byte>(Script), batch);
            executor.Run(batch, session);
            batch.Output.Clear();
            batch.Reset();
            origin.Flush();
            Deliver(origin, peer);
            peer.Flush();
            Deliver(peer, origin);
        }
        facts.IsRehearsing = false;
    }

    private static void Deliver(Replica from, Replica to)
    {
        foreach (var effect in from.Outbox.Effects)
            to.Receive(PeerCodec.Decode(PeerCodec.Encode(effect.Message), PeerCodec.Manifest(effect.Message)));
        from.Outbox.Clear();
    }
}
