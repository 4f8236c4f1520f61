using System.Text;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>Pairs of maps, and lines of the text format that stand for whole maps.</summary>
internal static class ReplyFields
{
    public static void Field(this ReplyWriter reply, string name, string value)
    {
        reply.Bulk(name);
        reply.Bulk(value);
    }

    public static void Field(this ReplyWriter reply, string name, long value)
    {
        reply.Bulk(name);
        reply.Integer(value);
    }

    public static void Field(this ReplyWriter reply, string name, bool value)
    {
        reply.Bulk(name);
        reply.Boolean(value);
    }

    public static void Line(this ReplyWriter reply, string line) => reply.Simple(Encoding.UTF8.GetBytes(line));

    /// <summary>Answers a request that was taken, or refused for a reason.</summary>
    public static void Answer(this ReplyWriter reply, string? refusal)
    {
        if (refusal is null)
            reply.Ok();
        else
            reply.Error("ERR " + refusal);
    }
}
