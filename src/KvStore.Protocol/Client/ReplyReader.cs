using System.Diagnostics.CodeAnalysis;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Client;

/// <summary>
/// Decodes the replies of a server, whatever their fragmentation.
/// <code>
/// reply = "+" line | "-" line | ":" integer | "," line | "(" line | "_" CRLF | "#" ("t"|"f") CRLF
///       | ("$"|"="|"!") length CRLF length*OCTET CRLF | "$-1" CRLF | "*-1" CRLF
///       | ("*"|"~"|">") count CRLF count*reply | "%" count CRLF count*(reply reply) | "|" count CRLF count*(reply reply) reply
/// line  = *OCTET CRLF
/// </code>
/// Attributes (<c>|</c>) are read and dropped. Open aggregates are kept on a stack, so that a long reply in many pieces
/// is not read again from its beginning. Depth and size are bounded.
/// </summary>
public sealed class ReplyReader
{
    /// <summary>How deep aggregates may nest; COMMAND, the deepest, takes seven.</summary>
    public const int MaxDepth = 32;

    private readonly int _maxBytes;
    private readonly Stack<Frame> _frames = new();
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private long _replyBytes;

    /// <summary>Creates a reader of replies of up to <paramref name="maxBytes"/> each.</summary>
    public ReplyReader(int maxBytes = 1 << 30) => _maxBytes = maxBytes;

    /// <summary>Adds bytes that came from the server.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _buffer.Length)
            MakeRoom(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes the next complete reply; false when more bytes are needed.</summary>
    /// <exception cref="ReplyFormatException">The bytes are no reply, or one beyond the bounds.</exception>
    public bool TryRead([NotNullWhen(true)] out Reply? reply)
    {
        while (TryReadValue(out var value))
        {
            if (Complete(value) is not { } whole)
                continue;
            _replyBytes = 0;
            reply = whole;
            return true;
        }
        if (_replyBytes + _end - _start > _maxBytes)
            throw new ReplyFormatException($"a reply is longer than {_maxBytes} bytes");
        reply = null;
        return false;
    }

    // Gives a value to the innermost open aggregate, closes those that it completes; the outermost value, if it was that.
    private Reply? Complete(Reply? value)
    {
        while (value is not null && _frames.TryPeek(out var frame))
        {
            frame.Items.Add(value);
            if (frame.Items.Count < frame.Count)
                return null;
            _frames.Pop();
            value = frame.Kind is { } kind ? new Reply(kind, frame.Items) : null;
        }
        return value;
    }

    // True when something was taken: a value, or (with null) the head of an aggregate.
    private bool TryReadValue(out Reply? value)
    {
        value = null;
        var line = _buffer.AsSpan(_start, _end - _start);
        var end = line.IndexOf("\r\n"u8);
        if (end < 0)
            return false;
        if (end == 0)
            throw new ReplyFormatException("a reply begins with an empty line");
        var head = line[1..end];
        switch (line[0])
        {
            case (byte)'+':
                return Take(end + 2, new Reply(ReplyKind.Simple, head.ToArray()), out value);
            case (byte)'-':
                return Take(end + 2, new Reply(ReplyKind.Error, head.ToArray()), out value);
            case (byte)':':
                return Take(end + 2, new Reply(ReplyKind.Integer, Number(head)), out value);
            case (byte)',':
                return Take(end + 2, new Reply(ReplyKind.Double, head.ToArray()), out value);
            case (byte)'(':
                return Take(end + 2, new Reply(ReplyKind.BigNumber, head.ToArray()), out value);
            case (byte)'#':
                return Take(end + 2, new Reply(ReplyKind.Boolean, head is [(byte)'t'] ? 1 : 0), out value);
            case (byte)'_':
                return Take(end + 2, Reply.Null, out value);
            case (byte)'$' or (byte)'=' or (byte)'!':
                return TryReadBulk(line, end, out value);
            case (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' or (byte)'|':
                value = Open(line[0], Number(head));
                return Take(end + 2, value, out value);
            default:
                throw new ReplyFormatException($"a reply begins with '{(char)line[0]}'");
        }
    }

    private bool TryReadBulk(ReadOnlySpan<byte> line, int headEnd, out Reply? value)
    {
        value = null;
        var type = line[0];
        var length = Number(line[1..headEnd]);
        if (length == -1)
            return Take(headEnd + 2, Reply.Null, out value);
        if (length < 0 || length > _maxBytes)
            throw new ReplyFormatException($"a reply announces {length} bytes");
        var start = headEnd + 2;
        if (line.Length < start + length + 2)
            return false;
        var bytes = line.Slice(start, (int)length);
        if (!line.Slice(start + (int)length, 2).SequenceEqual("\r\n"u8))
            throw new ReplyFormatException("a byte string does not end where it said");
        var kind = type switch { (byte)'=' => ReplyKind.Verbatim, (byte)'!' => ReplyKind.Error, _ => ReplyKind.Bulk };
        if (kind == ReplyKind.Verbatim && bytes.Length >= 4)
            bytes = bytes[4..];
        return Take(start + (int)length + 2, new Reply(kind, bytes.ToArray()), out value);
    }

    // An aggregate without values is complete at once; otherwise its frame collects them.
    private Reply? Open(byte type, long count)
    {
        if (count == -1)
            return Reply.Null;
        var values = type is (byte)'%' or (byte)'|' ? count * 2 : count;
        if (count < 0 || values > _maxBytes)
            throw new ReplyFormatException($"a reply announces {count} values");
        ReplyKind? kind = type switch
        {
            (byte)'*' => ReplyKind.Array,
            (byte)'~' => ReplyKind.Set,
            (byte)'>' => ReplyKind.Push,
            (byte)'%' => ReplyKind.Map,
            _ => null,
        };
        if (values == 0)
            return kind is { } known ? new Reply(known, Array.Empty<Reply>()) : null;
        if (_frames.Count == MaxDepth)
            throw new ReplyFormatException($"a reply nests deeper than {MaxDepth}");
        _frames.Push(new Frame(kind, (int)values, []));
        return null;
    }

    private bool Take(int bytes, Reply? taken, out Reply? value)
    {
        _start += bytes;
        _replyBytes += bytes;
        value = taken;
        return true;
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        AsciiInteger.TryParse(text, out var number) ? number : throw new ReplyFormatException("a length or integer is not a number");

    private void MakeRoom(int count)
    {
        var held = _end - _start;
        var target = held + count <= _buffer.Length ? _buffer : new byte[Math.Max(_buffer.Length * 2L, held + (long)count)];
        Buffer.BlockCopy(_buffer, _start, target, 0, held);
        _buffer = target;
        _start = 0;
        _end = held;
    }

    // Kind is null for an attribute, which is dropped when it is complete.
    private sealed record Frame(ReplyKind? Kind, int Count, List<Reply> Items);
}
