using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;
using KvStore.Protocol.Resp;
using KvStore.Protocol.Text;

namespace KvStore.Protocol.Commands;

/// <summary>
/// CONFLICTS: what last writer wins has thrown away, as this node has seen it, newest first.
/// <code>
/// CONFLICTS [n] = array of map: key, cut (boolean), winner, winner-version, loser, loser-version, at-ms, possible (boolean)
/// text          = a line each: time, "conflict" or "possible", winner, "over", loser, key
/// version       = Unix milliseconds "." counter "@" start id
/// </code>
/// A winner or loser is the name of the node that accepted it, or its start id where nobody is registered with that any more.
/// </summary>
internal static class ConflictCommands
{
    private const int DefaultCount = 10;

    public static void Conflicts(ref CommandContext context)
    {
        long count = DefaultCount;
        if (context.Count > 2)
        {
            context.Reply.Error(Errors.WrongArity(context.Spec));
            return;
        }
        if (context.Count == 2 && !context.TryInteger(1, out count))
            return;
        if (count < 0)
        {
            context.Reply.Error("ERR value is out of range, must be positive"u8);
            return;
        }
        var conflicts = context.Replica.Conflicts.Last((int)Math.Min(count, int.MaxValue));
        context.Reply.Array(conflicts.Count);
        foreach (var conflict in conflicts)
        {
            if (context.Reply.Format == ReplyFormat.Text)
                WriteLine(in context, conflict);
            else
                WriteMap(in context, conflict);
        }
    }

    private static void WriteMap(ref readonly CommandContext context, Conflict conflict)
    {
        var reply = context.Reply;
        reply.Map(8);
        reply.Bulk("key"u8);
        reply.Bulk(conflict.Key.Span);
        reply.Bulk("cut"u8);
        reply.Boolean(conflict.IsCut);
        WriteVersion(in context, "winner", conflict.Winner);
        WriteVersion(in context, "loser", conflict.Loser);
        reply.Bulk("at-ms"u8);
        reply.Integer(conflict.AtMs);
        reply.Bulk("possible"u8);
        reply.Boolean(conflict.IsPossible);
    }

    private static void WriteVersion(ref readonly CommandContext context, string field, VersionStamp version)
    {
        context.Reply.Bulk(field);
        context.Reply.Bulk(context.Replica.NameOf(version.StartId));
        context.Reply.Bulk(field + "-version");
        context.Reply.Bulk(version.ToString());
    }

    private static void WriteLine(ref readonly CommandContext context, Conflict conflict)
    {
        var (winner, loser) = (context.Replica.NameOf(conflict.Winner.StartId), context.Replica.NameOf(conflict.Loser.StartId));
        var kind = conflict.IsPossible ? "possible" : "conflict";
        var line = Encoding.UTF8.GetBytes($"{DateTimeOffset.FromUnixTimeMilliseconds(conflict.AtMs):yyyy-MM-ddTHH:mm:ss.fffZ} {kind} {winner} over {loser} ");
        var key = conflict.Key.Span;
        var quoted = new byte[TextQuoting.MaxLength(key.Length)];
        var shown = TextQuoting.IsNeeded(key) || key.Contains((byte)' ') ? quoted.AsSpan(0, TextQuoting.Write(quoted, key)) : key;
        context.Reply.Simple([.. line, .. shown, .. conflict.IsCut ? "..."u8 : ""u8]);
    }
}
