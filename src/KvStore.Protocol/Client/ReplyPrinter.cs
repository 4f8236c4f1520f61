using System.Buffers;
using KvStore.Protocol.Resp;
using KvStore.Protocol.Text;

namespace KvStore.Protocol.Client;

/// <summary>
/// Prints replies as the text protocol does: <c>OK</c>, the bare value, <c>(nil)</c>, a bare integer, one element of an
/// array a line. Without the empty line at the end of an array: here it is known where the reply ends.
/// </summary>
public static class ReplyPrinter
{
    /// <summary>Writes <paramref name="reply"/> as lines ended by LF.</summary>
    public static void Write(IBufferWriter<byte> output, Reply reply)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(reply);
        switch (reply.Kind)
        {
            case ReplyKind.Array or ReplyKind.Map or ReplyKind.Set or ReplyKind.Push:
                foreach (var item in reply.Items)
                    Write(output, item);
                break;
            case ReplyKind.Integer or ReplyKind.Boolean:
                Span<byte> digits = stackalloc byte[AsciiInteger.MaxLength];
                Line(output, digits[..AsciiInteger.Write(digits, reply.Integer)]);
                break;
            case ReplyKind.Null:
                Line(output, "(nil)"u8);
                break;
            case ReplyKind.Bulk when TextQuoting.IsNeeded(reply.Bytes.Span):
                var room = output.GetSpan(TextQuoting.MaxLength(reply.Bytes.Length));
                output.Advance(TextQuoting.Write(room, reply.Bytes.Span));
                output.Write("\n"u8);
                break;
            case ReplyKind.Verbatim:
                Verbatim(output, reply.Bytes.Span);
                break;
            case ReplyKind.Error when !reply.Bytes.Span.StartsWith("ERR "u8):
                output.Write("ERR "u8);
                Line(output, reply.Bytes.Span);
                break;
            default:
                Line(output, reply.Bytes.Span);
                break;
        }
    }

    private static void Verbatim(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        foreach (var range in text.TrimEnd("\r\n"u8).Split((byte)'\n'))
            Line(output, text[range].TrimEnd((byte)'\r'));
    }

    private static void Line(IBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        output.Write(line);
        output.Write("\n"u8);
    }
}
