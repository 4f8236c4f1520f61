using System.Text;

namespace KvStore.Protocol.Commands;

/// <summary>Commands about the connection that sends them.</summary>
internal static class ConnectionCommands
{
    private const string WrongPassword = "WRONGPASS invalid username-password pair or user is disabled.";
    private const string BadName = "ERR Client names cannot contain spaces, newlines or special characters.";

    public static void Ping(ref CommandContext context)
    {
        if (context.Count > 2)
            context.Reply.Error(Errors.WrongArity(context.Spec));
        else if (context.Count == 2)
            context.Reply.Bulk(context[1]);
        else
            context.Reply.Simple("PONG"u8);
    }

    public static void Echo(ref CommandContext context) => context.Reply.Bulk(context[1]);

    public static void Quit(ref CommandContext context)
    {
        context.Reply.Ok();
        context.Session.Closing = true;
    }

    public static void Reset(ref CommandContext context)
    {
        context.Session.RespVersion = 2;
        context.Session.Name = "";
        context.Reply.Simple("RESET"u8);
    }

    public static void Select(ref CommandContext context)
    {
        if (!context.TryInteger(1, out var index))
            return;
        if (index is < int.MinValue or > int.MaxValue)
            context.Reply.Error("ERR value is out of range, value must between -2147483648 and 2147483647"u8);
        else if (index != 0)
            context.Reply.Error("ERR DB index is out of range"u8);
        else
            context.Reply.Ok();
    }

    // There are no users but the default one, which has no password: any is right, as in Redis.
    public static void Auth(ref CommandContext context)
    {
        if (context.Count > 3)
        {
            context.Reply.Error(Errors.Syntax);
        }
        else if (context.Count == 2)
        {
            context.Reply.Error(
                "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"u8);
        }
        else if (!context[1].SequenceEqual("default"u8))
        {
            context.Reply.Error(WrongPassword);
        }
        else
        {
            context.Reply.Ok();
        }
    }

    /// <summary><c>HELLO [2 | 3 [AUTH user password] [SETNAME name]]</c>: all of it happens, or nothing.</summary>
    public static void Hello(ref CommandContext context)
    {
        var version = (long)context.Session.RespVersion;
        string? name = null;
        if (context.Count > 1 && !Resp.AsciiInteger.TryParse(context[1], out version))
        {
            context.Reply.Error("ERR Protocol version is not an integer or out of range"u8);
            return;
        }
        if (version is not (2 or 3))
        {
            context.Reply.Error("NOPROTO unsupported protocol version"u8);
            return;
        }
        for (var i = 2; i < context.Count; i++)
        {
            if (context.Is(i, "AUTH"u8) && i + 2 < context.Count)
            {
                if (!context[i + 1].SequenceEqual("default"u8))
                {
                    context.Reply.Error(WrongPassword);
                    return;
                }
                i += 2;
            }
            else if (context.Is(i, "SETNAME"u8) && i + 1 < context.Count)
            {
                if (!TryName(ref context, ++i, out name))
                    return;
            }
            else
            {
                context.Reply.Error($"ERR Syntax error in HELLO option '{context.Text(i)}'");
                return;
            }
        }
        context.Session.RespVersion = (int)version;
        context.Session.Name = name ?? context.Session.Name;
        Greet(ref context);
    }

    /// <summary>Reads a client's name: printable ASCII without blanks.</summary>
    public static bool TryName(ref CommandContext context, int index, out string name)
    {
        name = Encoding.Latin1.GetString(context[index]);
        if (IsPlain(context[index]))
            return true;
        context.Reply.Error(BadName);
        return false;
    }

    public static bool IsPlain(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    // In the version just agreed on, unless a text line asked.
    private static void Greet(ref CommandContext context)
    {
        var reply = context.Reply;
        if (reply.Format != Resp.ReplyFormat.Text)
            reply.Begin(context.Session.Format);
        reply.Map(7);
        reply.Bulk("server"u8);
        reply.Bulk("redis"u8);
        reply.Bulk("version"u8);
        reply.Bulk(ServerCommands.RedisVersion);
        reply.Bulk("proto"u8);
        reply.Integer(context.Session.RespVersion);
        reply.Bulk("id"u8);
        reply.Integer(context.Session.Id);
        reply.Bulk("mode"u8);
        reply.Bulk("standalone"u8);
        reply.Bulk("role"u8);
        reply.Bulk("master"u8);
        reply.Bulk("modules"u8);
        reply.Array(0);
    }
}
