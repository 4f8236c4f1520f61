using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>
/// KVCLUSTER: the membership of the actor system's cluster, for operators and <c>kv cluster</c>. A family of its own, since
/// Redis's CLUSTER is about slots and its subcommands have other meanings.
/// <code>
/// member = map: address, roles (array), status, reachable (boolean), app-version
/// SHOW   = map: self, leader, members (array of member)
/// STATUS = map: the five of member, then leader, members (count), unreachable (count)
/// EVENTS = map: last, events (array of map: number, at-ms, event, address)
/// HEAL   = a line that says who moves where
/// </code>
/// In the text format each member, field or event is a line instead, since flattened maps would be unreadable.
/// </summary>
internal static class KvClusterCommands
{
    public static void Show(ref CommandContext context)
    {
        var cluster = context.Facts.Cluster;
        var members = cluster.Members;
        var reply = context.Reply;
        if (reply.Format == ReplyFormat.Text)
        {
            reply.Array(members.Count + 1);
            foreach (var member in members)
                reply.Line(Line(member));
            reply.Line($"Count: {members.Count} {(members.Count == 1 ? "node" : "nodes")}");
            return;
        }
        reply.Map(3);
        reply.Field("self", cluster.Self.Address);
        reply.Field("leader", cluster.Leader);
        reply.Bulk("members");
        reply.Array(members.Count);
        foreach (var member in members)
        {
            reply.Map(5);
            Describe(reply, member);
        }
    }

    public static void Status(ref CommandContext context)
    {
        var cluster = context.Facts.Cluster;
        var self = cluster.Self;
        var members = cluster.Members;
        var unreachable = members.Count(static m => !m.IsReachable);
        var reply = context.Reply;
        if (reply.Format == ReplyFormat.Text)
        {
            reply.Array(4);
            reply.Line(Line(self));
            reply.Line($"leader: {cluster.Leader}");
            reply.Line($"members: {members.Count}");
            reply.Line($"unreachable: {unreachable}");
            return;
        }
        reply.Map(8);
        Describe(reply, self);
        reply.Field("leader", cluster.Leader);
        reply.Field("members", members.Count);
        reply.Field("unreachable", unreachable);
    }

    public static void Members(ref CommandContext context)
    {
        var members = context.Facts.Cluster.Members;
        context.Reply.Array(members.Count);
        foreach (var member in members)
            context.Reply.Bulk(member.Address);
    }

    public static void Leave(ref CommandContext context) => context.Reply.Answer(context.Facts.Cluster.Leave(context.Text(2)));

    public static void Down(ref CommandContext context) => context.Reply.Answer(context.Facts.Cluster.Down(context.Text(2)));

    public static void Join(ref CommandContext context) => context.Reply.Answer(context.Facts.Cluster.Join(context.Text(2)));

    public static void Heal(ref CommandContext context)
    {
        var answer = context.Facts.Cluster.Heal();
        if (answer.IsRefused)
            context.Reply.Error("ERR " + answer.Text);
        else
            context.Reply.Line(answer.Text);
    }

    public static void Events(ref CommandContext context)
    {
        var since = 0L;
        if (context.Count > 3)
        {
            context.Reply.Error(Errors.WrongArity(context.Spec));
            return;
        }
        if (context.Count == 3 && !context.TryInteger(2, out since))
            return;
        var cluster = context.Facts.Cluster;
        var events = cluster.EventsSince(since);
        var reply = context.Reply;
        if (reply.Format == ReplyFormat.Text)
        {
            reply.Array(events.Count);
            foreach (var change in events)
                reply.Line($"{change.Number} {Time(change.AtMs)} {change.Event} {change.Address}");
            return;
        }
        reply.Map(2);
        reply.Field("last", cluster.LastEvent);
        reply.Bulk("events");
        reply.Array(events.Count);
        foreach (var change in events)
        {
            reply.Map(4);
            reply.Field("number", change.Number);
            reply.Field("at-ms", change.AtMs);
            reply.Field("event", change.Event);
            reply.Field("address", change.Address);
        }
    }

    private static void Describe(ReplyWriter reply, ClusterMember member)
    {
        reply.Field("address", member.Address);
        reply.Bulk("roles");
        reply.Array(member.Roles.Count);
        foreach (var role in member.Roles)
            reply.Bulk(role);
        reply.Field("status", member.Status);
        reply.Field("reachable", member.IsReachable);
        reply.Field("app-version", member.AppVersion);
    }

    private static string Line(ClusterMember member) =>
        $"{member.Address} | [{string.Join(',', member.Roles)}] | {member.Status} | {(member.IsReachable ? "reachable" : "unreachable")}"
        + (member.AppVersion.Length > 0 ? $" | {member.AppVersion}" : "");

    private static string Time(long unixMs) => $"{DateTimeOffset.FromUnixTimeMilliseconds(unixMs):yyyy-MM-ddTHH:mm:ss.fffZ}";
}
