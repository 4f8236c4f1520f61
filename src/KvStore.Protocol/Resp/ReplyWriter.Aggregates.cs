namespace KvStore.Protocol.Resp;

/// <content>Arrays and what is like them.</content>
public sealed partial class ReplyWriter
{
    /// <summary>Begins an array; <paramref name="count"/> values follow.</summary>
    public void Array(int count) => Aggregate('*', count, count);

    /// <summary>Begins a map; <paramref name="count"/> pairs follow.</summary>
    public void Map(int count) => Aggregate(Format == ReplyFormat.Resp3 ? '%' : '*', count, count * 2L);

    /// <summary>Begins a set; <paramref name="count"/> values follow.</summary>
    public void Set(int count) => Aggregate(Format == ReplyFormat.Resp3 ? '~' : '*', count, count);

    /// <summary>Begins an out-of-band message; <paramref name="count"/> values follow.</summary>
    public void Push(int count) => Aggregate(Format == ReplyFormat.Resp3 ? '>' : '*', count, count);

    /// <summary>Text meant for people. As text it comes line by line, ended as an array is.</summary>
    public void Verbatim(ReadOnlySpan<byte> text)
    {
        if (Format == ReplyFormat.Resp2)
        {
            Bulk(text);
            return;
        }
        if (Format == ReplyFormat.Text)
        {
            TextVerbatim(text);
            return;
        }
        Number('=', text.Length + 4);
        _buffer.Write("txt:"u8);
        _buffer.Write(text);
        _buffer.Write("\r\n"u8);
    }

    /// <summary>Begins an array whose count is known only at its end. Returns the mark that the end takes; not to be nested.</summary>
    public int BeginDeferred()
    {
        // No count ends it: the empty line of the text format is written by the end.
        _awaited = long.MaxValue;
        return _buffer.Length;
    }

    /// <summary>Ends an array begun by <see cref="BeginDeferred"/>, of <paramref name="count"/> values.</summary>
    public void EndDeferredArray(int mark, int count)
    {
        if (Format == ReplyFormat.Text)
        {
            TextEndArray();
            return;
        }
        var tail = _buffer.Length;
        Number('*', count);
        _buffer.MoveTailTo(mark, tail);
    }

    /// <summary>Ends a SCAN reply begun by <see cref="BeginDeferred"/>: the cursor, then <paramref name="count"/> keys.</summary>
    public void EndDeferredScan(int mark, ulong cursor, int count)
    {
        Span<byte> digits = stackalloc byte[AsciiInteger.MaxLength];
        cursor.TryFormat(digits, out var length);
        var tail = _buffer.Length;
        if (Format != ReplyFormat.Text)
            Number('*', 2);
        Bulk(digits[..length]);
        if (Format != ReplyFormat.Text)
            Number('*', count);
        _buffer.MoveTailTo(mark, tail);
        if (Format == ReplyFormat.Text)
            TextEndArray();
    }

    private void Aggregate(char type, int count, long values)
    {
        if (Format != ReplyFormat.Text)
            Number(type, type is '%' or '~' or '>' ? count : values);
        else
            TextBeginArray(values);
    }
}
