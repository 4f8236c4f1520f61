using System.Runtime.CompilerServices;
using System.Text;

namespace KvStore.Protocol.Resp;

/// <summary>
/// Writes replies in the format of the command at hand.
/// <code>
///            RESP2                RESP3                   text
/// simple     +OK CRLF             same                    OK LF
/// error      -ERR … CRLF          same                    ERR … LF        other codes come as ERR CODE …
/// integer    :7 CRLF              same                    7 LF
/// bulk       $3 CRLF abc CRLF     same                    abc LF          quoted where a bare value would mislead
/// null       $-1 CRLF             _ CRLF                  (nil) LF
/// null array *-1 CRLF             _ CRLF                  (nil) LF
/// array      *2 CRLF …            same                    one element a line, nested ones flat; then LF
/// map        *4 CRLF …            %2 CRLF …               as an array
/// set        *2 CRLF …            ~2 CRLF …               as an array
/// push       *2 CRLF …            >2 CRLF …               as an array
/// verbatim   as bulk              =7 CRLF txt:abc CRLF    its lines, but empty ones, as an array
/// double     as bulk              ,1.5 CRLF               1.5 LF
/// boolean    :1 CRLF              #t CRLF                 1 LF
/// </code>
/// </summary>
public sealed partial class ReplyWriter
{
    private readonly ReplyBuffer _buffer;

    // Text only: elements that the outermost array still awaits; its last one is followed by an empty line.
    private long _awaited;

    /// <summary>Creates a writer over <paramref name="buffer"/>.</summary>
    public ReplyWriter(ReplyBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        _buffer = buffer;
    }

    /// <summary>How the next values are written. Not to be changed within a reply.</summary>
    public ReplyFormat Format { get; private set; }

    /// <summary>Begins the reply to a command, in its format.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(ReplyFormat format)
    {
        Format = format;
        _awaited = 0;
        _buffer.BeginReply();
    }

    /// <summary>Takes back all that was written since <see cref="Begin"/>.</summary>
    public void Rollback()
    {
        _awaited = 0;
        _buffer.Rollback();
    }

    /// <summary><c>OK</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ok()
    {
        if (Format != ReplyFormat.Text)
            _buffer.Write("+OK\r\n"u8);
        else
            TextLine("OK"u8);
    }

    /// <summary>A status: one line that needs no quoting.</summary>
    public void Simple(ReadOnlySpan<byte> status)
    {
        if (Format == ReplyFormat.Text)
            TextLine(status);
        else
            Line('+', status);
    }

    /// <summary>An error that begins with its code. Line ends inside it become blanks: it is one line on the wire.</summary>
    public void Error(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        // Bytes of the client that an error repeats are carried as Latin-1, and so come back as they were sent.
        var text = message.Length <= 256 ? stackalloc byte[message.Length] : new byte[message.Length];
        Encoding.Latin1.GetBytes(message, text);
        Error(text);
    }

    /// <summary>As <see cref="Error(string)"/>, of bytes.</summary>
    public void Error(ReadOnlySpan<byte> message)
    {
        if (Format == ReplyFormat.Text && !message.StartsWith("ERR "u8))
            _buffer.Write("ERR "u8);
        else if (Format != ReplyFormat.Text)
            _buffer.Write("-"u8);
        var line = _buffer.Reserve(message.Length);
        message.CopyTo(line);
        line.Replace((byte)'\r', (byte)' ');
        line.Replace((byte)'\n', (byte)' ');
        _buffer.Advance(message.Length);
        End();
    }

    /// <summary>An integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Integer(long value)
    {
        if (Format == ReplyFormat.Text)
            TextInteger(value);
        else
            Number(':', value);
    }

    /// <summary>A byte string.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Bulk(ReadOnlySpan<byte> value)
    {
        if (Format == ReplyFormat.Text)
        {
            TextBulk(value);
            return;
        }
        // "$" length CRLF value CRLF, in one reservation.
        var room = _buffer.Reserve(value.Length + AsciiInteger.MaxLength + 5);
        room[0] = (byte)'$';
        var at = 1 + AsciiInteger.Write(room[1..], value.Length);
        room[at++] = (byte)'\r';
        room[at++] = (byte)'\n';
        value.CopyTo(room[at..]);
        at += value.Length;
        room[at++] = (byte)'\r';
        room[at++] = (byte)'\n';
        _buffer.Advance(at);
    }

    /// <summary>A byte string, given as text and sent as UTF-8.</summary>
    public void Bulk(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Bulk(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>No value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Null()
    {
        if (Format == ReplyFormat.Resp2)
            _buffer.Write("$-1\r\n"u8);
        else
            NullOf(Format);
    }

    /// <summary>No array.</summary>
    public void NullArray()
    {
        if (Format == ReplyFormat.Resp2)
            _buffer.Write("*-1\r\n"u8);
        else
            NullOf(Format);
    }

    /// <summary>A floating point number.</summary>
    public void Double(double value)
    {
        Span<byte> digits = stackalloc byte[32];
        var text = double.IsPositiveInfinity(value) ? "inf"u8
            : double.IsNegativeInfinity(value) ? "-inf"u8
            : double.IsNaN(value) ? "nan"u8
            : digits[..(value.TryFormat(digits, out var written, "G17") ? written : 0)];
        if (Format == ReplyFormat.Resp3)
            Line(',', text);
        else
            Bulk(text);
    }

    /// <summary>True or false.</summary>
    public void Boolean(bool value)
    {
        if (Format == ReplyFormat.Resp3)
            _buffer.Write(value ? "#t\r\n"u8 : "#f\r\n"u8);
        else
            Integer(value ? 1 : 0);
    }

    private void NullOf(ReplyFormat format)
    {
        if (format == ReplyFormat.Text)
            TextLine("(nil)"u8);
        else
            _buffer.Write("_\r\n"u8);
    }

    private void Line(char type, ReadOnlySpan<byte> text)
    {
        var room = _buffer.Reserve(text.Length + 3);
        room[0] = (byte)type;
        text.CopyTo(room[1..]);
        room[text.Length + 1] = (byte)'\r';
        room[text.Length + 2] = (byte)'\n';
        _buffer.Advance(text.Length + 3);
    }

    private void Number(char type, long value)
    {
        var room = _buffer.Reserve(AsciiInteger.MaxLength + 3);
        room[0] = (byte)type;
        var at = 1 + AsciiInteger.Write(room[1..], value);
        room[at++] = (byte)'\r';
        room[at++] = (byte)'\n';
        _buffer.Advance(at);
    }

    // Ends a line in the format at hand.
    private void End()
    {
        if (Format == ReplyFormat.Text)
            TextEnd();
        else
            _buffer.Write("\r\n"u8);
    }
}
