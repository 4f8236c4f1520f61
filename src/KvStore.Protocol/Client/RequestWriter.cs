using System.Buffers;

namespace KvStore.Protocol.Client;

/// <summary>Writes requests as a client does: <c>"*" count CRLF { "$" length CRLF bytes CRLF }</c>.</summary>
public static class RequestWriter
{
    /// <summary>Writes one command.</summary>
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<byte[]> arguments)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(arguments);
        Header(output, '*', arguments.Count);
        foreach (var argument in arguments)
        {
            Header(output, '$', argument.Length);
            output.Write(argument);
            output.Write("\r\n"u8);
        }
    }

    private static void Header(IBufferWriter<byte> output, char type, int number)
    {
        var room = output.GetSpan(Resp.AsciiInteger.MaxLength + 3);
        room[0] = (byte)type;
        var length = 1 + Resp.AsciiInteger.Write(room[1..], number);
        "\r\n"u8.CopyTo(room[length..]);
        output.Advance(length + 2);
    }
}
