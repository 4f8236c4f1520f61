namespace KvStore.Hocon.Parsing;

/// <summary>A place in a text, which knows its line and column.</summary>
internal sealed class TextCursor(string text, string source)
{
    private const int End = -1;
    private int _index;
    private int _line = 1;
    private int _column = 1;

    public bool AtEnd => _index >= text.Length;

    public SourcePosition Position => new(source, _line, _column);

    /// <summary>The character <paramref name="ahead"/> places on, or -1 behind the end.</summary>
    public int Peek(int ahead = 0) => _index + ahead < text.Length ? text[_index + ahead] : End;

    public bool Matches(string expected) => string.CompareOrdinal(text, _index, expected, 0, expected.Length) == 0;

    public char Take()
    {
        var c = text[_index++];
        if (c == '\n')
        {
            _line++;
            _column = 1;
        }
        else
        {
            _column++;
        }
        return c;
    }

    public void Skip(int count)
    {
        for (; count > 0; count--)
            Take();
    }

    /// <summary>HOCON's whitespace is Unicode's, a byte order mark, and the ASCII separators; a new line is a comma too.</summary>
    public static bool IsSpace(int c) => c != '\n' && IsBlank(c);

    /// <summary>Takes whitespace within the line.</summary>
    public string TakeSpaces()
    {
        var start = _index;
        while (IsSpace(Peek()))
            Take();
        return start == _index ? "" : text[start.._index];
    }

    /// <summary>Skips whitespace, new lines and comments; true when that took it to another line.</summary>
    public bool SkipBlank()
    {
        var line = _line;
        while (!AtEnd)
        {
            if (AtComment)
                SkipLine();
            else if (IsBlank(Peek()))
                Take();
            else
                break;
        }
        return _line > line;
    }

    public bool AtComment => Peek() == '#' || (Peek() == '/' && Peek(1) == '/');

    public HoconException Error(string message) => new(Position, message);

    /// <summary>The character here as an error names it.</summary>
    public string Describe() => Peek() switch
    {
        End => "the end of the text",
        '\n' => "the end of the line",
        var c when char.IsControl((char)c) || char.IsSurrogate((char)c) => $"the character U+{c:X4}",
        var c => $"'{(char)c}'",
    };

    private static bool IsBlank(int c) => c >= 0 && (char.IsWhiteSpace((char)c) || c is 0xFEFF or (>= 0x1C and <= 0x1F));

    private void SkipLine()
    {
        while (!AtEnd && Peek() != '\n')
            Take();
    }
}
