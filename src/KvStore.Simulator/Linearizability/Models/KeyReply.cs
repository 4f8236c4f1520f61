using System.Text;
using KvStore.Protocol.Client;

namespace KvStore.Simulator.Linearizability.Models;

/// <summary>A reply to a command on one key, compared by value.</summary>
/// <param name="Kind">A status, an error, an integer, a byte string, or nothing.</param>
/// <param name="Text">The bytes of all but integers, one character a byte.</param>
/// <param name="Integer">The number of an integer.</param>
internal readonly record struct KeyReply(ReplyKind Kind, string Text = "", long Integer = 0)
{
    /// <summary>A status: done.</summary>
    public static readonly KeyReply Ok = new(ReplyKind.Simple, "OK");

    /// <summary>No value.</summary>
    public static readonly KeyReply Null = new(ReplyKind.Null);

    /// <summary>A number.</summary>
    public static KeyReply Of(long integer) => new(ReplyKind.Integer, Integer: integer);

    /// <summary>A value, one character a byte; none for null.</summary>
    public static KeyReply Of(string? value) => value is null ? Null : new(ReplyKind.Bulk, value);

    /// <summary>An error line, beginning with its code.</summary>
    public static KeyReply Error(string line) => new(ReplyKind.Error, line);

    /// <summary>What a server replied.</summary>
    public static KeyReply From(Reply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return reply.Kind switch
        {
            ReplyKind.Integer => Of(reply.Integer),
            ReplyKind.Null => Null,
            _ => new KeyReply(reply.Kind, Encoding.Latin1.GetString(reply.Bytes.Span)),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ReplyKind.Integer => $"{Integer}",
        ReplyKind.Null => "nil",
        ReplyKind.Bulk => $"\"{Text}\"",
        _ => Text,
    };
}
