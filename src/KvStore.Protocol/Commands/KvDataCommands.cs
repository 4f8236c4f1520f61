using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>
/// KVDATA's questions about nodes and replicas, for <c>kv verify</c>, <c>kv repair</c>, <c>kv replicas</c> and <c>kv forget</c>.
/// <code>
/// NODES         = array of map: name, address, gateway, state
/// REPAIR        = OK, or why not
/// REPAIR STATUS = map: done (boolean), peers (array of map: peer, phase, percent, slots-differing, received, sent, done)
/// REPLICAS      = array of map: name, store, start, state, lag, since-ms
/// FORGET        = OK, or why not
/// </code>
/// In the text format each node, peer and replica is a line instead.
/// </summary>
internal static class KvDataCommands
{
    public static void Nodes(ref CommandContext context)
    {
        var nodes = context.Facts.Data.Nodes;
        var reply = context.Reply;
        reply.Array(nodes.Count);
        foreach (var node in nodes)
        {
            if (reply.Format == ReplyFormat.Text)
            {
                reply.Line($"{node.Name} | {node.Address} | {node.Gateway} | {node.State}");
                continue;
            }
            reply.Map(4);
            reply.Field("name", node.Name);
            reply.Field("address", node.Address);
            reply.Field("gateway", node.Gateway);
            reply.Field("state", node.State);
        }
    }

    public static void Repair(ref CommandContext context)
    {
        if (context.Count == 3 && context.Is(2, "STATUS"u8))
            RepairStatus(context.Facts.Data.Repairs, context.Reply);
        else if (context.Count > 2)
            context.Reply.Error(Errors.Syntax);
        else if (context.Facts.Loading)
            context.Reply.Error(Errors.Loading);
        else
            context.Reply.Answer(context.Facts.Data.StartRepair());
    }

    public static void Replicas(ref CommandContext context)
    {
        var replicas = context.Facts.Data.Replicas;
        var reply = context.Reply;
        reply.Array(replicas.Count);
        foreach (var replica in replicas)
        {
            if (reply.Format == ReplyFormat.Text)
            {
                var since = replica.SinceMs > 0 ? $"since {DateTimeOffset.FromUnixTimeMilliseconds(replica.SinceMs):yyyy-MM-ddTHH:mm:ssZ}" : "";
                reply.Line($"{replica.Name} | {replica.StoreId:x} | {replica.StartId:x} | {replica.State} | lag {replica.Lag} | {since}");
                continue;
            }
            reply.Map(6);
            reply.Field("name", replica.Name);
            reply.Field("store", $"{replica.StoreId:x}");
            reply.Field("start", $"{replica.StartId:x}");
            reply.Field("state", replica.State);
            reply.Field("lag", replica.Lag);
            reply.Field("since-ms", replica.SinceMs);
        }
    }

    public static void Forget(ref CommandContext context) => context.Reply.Answer(context.Facts.Data.Forget(context.Text(2)));

    private static void RepairStatus(IReadOnlyList<RepairProgress> peers, ReplyWriter reply)
    {
        if (reply.Format == ReplyFormat.Text)
        {
            reply.Array(peers.Count);
            foreach (var peer in peers)
                reply.Line($"{peer.Peer} | {peer.Phase} | {peer.Percent}% | {peer.SlotsDiffering} slots differ | received {peer.Received} | sent {peer.Sent}");
            return;
        }
        reply.Map(2);
        reply.Field("done", peers.All(static p => p.IsDone));
        reply.Bulk("peers"u8);
        reply.Array(peers.Count);
        foreach (var peer in peers)
        {
            reply.Map(7);
            reply.Field("peer", peer.Peer);
            reply.Field("phase", peer.Phase);
            reply.Field("percent", peer.Percent);
            reply.Field("slots-differing", peer.SlotsDiffering);
            reply.Field("received", peer.Received);
            reply.Field("sent", peer.Sent);
            reply.Field("done", peer.IsDone);
        }
    }
}
