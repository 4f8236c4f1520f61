using System.Globalization;
using System.Text;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>CLIENT: the connections, and what they say about themselves.</summary>
internal static class ClientCommands
{
    public static void Id(ref CommandContext context) => context.Reply.Integer(context.Session.Id);

    public static void GetName(ref CommandContext context)
    {
        if (context.Session.Name.Length == 0)
            context.Reply.Null();
        else
            context.Reply.Bulk(context.Session.Name);
    }

    public static void SetName(ref CommandContext context)
    {
        if (!ConnectionCommands.TryName(ref context, 2, out var name))
            return;
        context.Session.Name = name;
        context.Reply.Ok();
    }

    public static void SetInfo(ref CommandContext context)
    {
        var isName = context.Is(2, "lib-name"u8);
        if (!isName && !context.Is(2, "lib-ver"u8))
        {
            context.Reply.Error($"ERR Unrecognized option '{context.Text(2)}'");
            return;
        }
        if (!ConnectionCommands.IsPlain(context[3]))
        {
            context.Reply.Error($"ERR {context.Text(2)} cannot contain spaces, newlines or special characters.");
            return;
        }
        if (isName)
            context.Session.LibraryName = context.Text(3);
        else
            context.Session.LibraryVersion = context.Text(3);
        context.Reply.Ok();
    }

    public static void Info(ref CommandContext context)
    {
        var text = new StringBuilder();
        Describe(context.Session, context.Replica.NowMs, text);
        context.Reply.Verbatim(Encoding.Latin1.GetBytes(text.ToString()));
    }

    /// <summary><c>CLIENT LIST [TYPE NORMAL | MASTER | REPLICA | PUBSUB | ID id …]</c>.</summary>
    public static void List(ref CommandContext context)
    {
        HashSet<long>? ids = null;
        var showsNormal = true;
        if (context.Count == 4 && context.Is(2, "TYPE"u8))
        {
            showsNormal = context.Is(3, "NORMAL"u8);
            if (!showsNormal && !context.Is(3, "MASTER"u8) && !context.Is(3, "REPLICA"u8) && !context.Is(3, "SLAVE"u8)
                && !context.Is(3, "PUBSUB"u8))
            {
                context.Reply.Error($"ERR Unknown client type '{context.Text(3)}'");
                return;
            }
        }
        else if (context.Count > 3 && context.Is(2, "ID"u8))
        {
            if (!TryIds(ref context, out ids))
                return;
        }
        else if (context.Count > 2)
        {
            context.Reply.Error(Errors.Syntax);
            return;
        }
        var text = new StringBuilder();
        foreach (var session in context.Facts.Clients.OrderBy(static s => s.Id))
        {
            if (showsNormal && (ids is null || ids.Contains(session.Id)))
                Describe(session, context.Replica.NowMs, text);
        }
        context.Reply.Verbatim(Encoding.Latin1.GetBytes(text.ToString()));
    }

    private static bool TryIds(ref CommandContext context, out HashSet<long> ids)
    {
        ids = [];
        for (var i = 3; i < context.Count; i++)
        {
            if (!AsciiInteger.TryParse(context[i], out var id) || id < 1)
            {
                context.Reply.Error("ERR Invalid client ID"u8);
                return false;
            }
            ids.Add(id);
        }
        return true;
    }

    private static void Describe(ClientSession session, long nowMs, StringBuilder text) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"id={session.Id} addr={session.Address} laddr={session.LocalAddress} name={session.Name} ")
            .Append(
                CultureInfo.InvariantCulture,
                $"age={Seconds(nowMs - session.ConnectedAtMs)} idle={Seconds(nowMs - session.LastActiveAtMs)} flags={(session.Waiting is null ? 'N' : 'b')} db=0 ")
            .Append("sub=0 psub=0 ssub=0 multi=-1 events=r ")
            .Append(CultureInfo.InvariantCulture, $"cmd={session.LastCommand?.Name ?? "NULL"} user=default redir=-1 ")
            .Append(
                CultureInfo.InvariantCulture,
                $"resp={session.RespVersion} lib-name={session.LibraryName} lib-ver={session.LibraryVersion}\n");

    // A clock that was set back must not show a negative age.
    private static long Seconds(long ms) => Math.Max(0, ms / 1000);
}
