using KvStore.Protocol.Text;

namespace KvStore.Protocol.Resp;

/// <content>The text format: lines ended by LF, an array ended by an empty line.</content>
public sealed partial class ReplyWriter
{
    private void TextLine(ReadOnlySpan<byte> line)
    {
        _buffer.Write(line);
        TextEnd();
    }

    private void TextInteger(long value)
    {
        _buffer.Advance(AsciiInteger.Write(_buffer.Reserve(AsciiInteger.MaxLength), value));
        TextEnd();
    }

    private void TextBulk(ReadOnlySpan<byte> value)
    {
        if (!TextQuoting.IsNeeded(value))
        {
            TextLine(value);
            return;
        }
        var room = _buffer.Reserve(TextQuoting.MaxLength(value.Length));
        _buffer.Advance(TextQuoting.Write(room, value));
        TextEnd();
    }

    // An array within an array gives its values to the outer one: it takes the place of one and brings its own.
    private void TextBeginArray(long values)
    {
        if (_awaited == long.MaxValue)
            return;
        var isNested = _awaited > 0;
        _awaited += values - (isNested ? 1 : 0);
        if (_awaited == 0)
            _buffer.Write("\n"u8);
    }

    private void TextEnd()
    {
        _buffer.Write("\n"u8);
        if (_awaited is 0 or long.MaxValue)
            return;
        _awaited--;
        if (_awaited == 0)
            _buffer.Write("\n"u8);
    }

    private void TextEndArray()
    {
        _awaited = 0;
        _buffer.Write("\n"u8);
    }

    private void TextVerbatim(ReadOnlySpan<byte> text)
    {
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
                continue;
            _buffer.Write(line);
            _buffer.Write("\n"u8);
        }
        _buffer.Write("\n"u8);
    }
}
