namespace KvStore.Protocol.Text;

/// <summary>
/// Cuts one line of the text protocol into arguments, in place: a quoted argument is unescaped over its own bytes,
/// a line without quotes is only read.
/// <code>
/// line     = "PUT" blank+ token blank *OCTET      the rest of the line is the value, verbatim
///          | { blank } { token { blank } }
/// token    = { bare | '"' { byte | escape } '"' | "'" { byte | "\'" } "'" }   a closing quote ends the token
/// escape   = "\n" "\r" "\t" "\b" "\a" | "\x" hex hex | "\" any               any stands for itself
/// blank    = SP | HT | VT | FF | CR
/// </code>
/// </summary>
public ref struct TextTokenizer
{
    private readonly Span<byte> _line;
    private int _position;
    private int _index;
    private bool _isPut;

    /// <summary>Begins at the start of <paramref name="line"/>, which carries no newline.</summary>
    public TextTokenizer(Span<byte> line) => _line = line;

    /// <summary>Where the current argument begins.</summary>
    public int Offset { get; private set; }

    /// <summary>How long the current argument is.</summary>
    public int Length { get; private set; }

    /// <summary>True when <see cref="MoveNext"/> ended because of a quote without its partner, or text right behind one.</summary>
    public bool IsUnbalanced { get; private set; }

    /// <summary>Moves to the next argument; false at the end, or at a quote that makes no sense.</summary>
    public bool MoveNext()
    {
        if (_isPut && _index == 2)
            return TakeRest();
        while (_position < _line.Length && IsBlank(_line[_position]))
            _position++;
        if (_position == _line.Length)
            return false;
        if (!TakeToken())
            return false;
        _isPut |= _index == 0 && Length == 3 && System.Text.Ascii.EqualsIgnoreCase(_line.Slice(Offset, 3), "put"u8);
        _index++;
        return true;
    }

    // One blank ends the key; what follows it belongs to the value, further blanks included.
    private bool TakeRest()
    {
        if (_position == _line.Length)
            return false;
        Offset = _position + 1;
        Length = _line.Length - Offset;
        _position = _line.Length;
        _index++;
        return true;
    }

    private bool TakeToken()
    {
        var write = _position;
        Offset = _position;
        while (_position < _line.Length && !IsBlank(_line[_position]))
        {
            var b = _line[_position];
            if (b is (byte)'"' or (byte)'\'')
            {
                if (!TakeQuoted(b, ref write))
                {
                    IsUnbalanced = true;
                    return false;
                }
                break;
            }
            // Only written where a quote moved the bytes: a line without quotes may not be ours to write to.
            if (write != _position)
                _line[write] = b;
            write++;
            _position++;
        }
        Length = write - Offset;
        return true;
    }

    private bool TakeQuoted(byte quote, ref int write)
    {
        _position++;
        while (_position < _line.Length)
        {
            var b = _line[_position];
            if (b == quote)
            {
                _position++;
                return _position == _line.Length || IsBlank(_line[_position]);
            }
            if (b == '\\' && quote == '"' && _position + 1 < _line.Length)
                b = TakeEscape();
            else if (b == '\\' && _position + 1 < _line.Length && _line[_position + 1] == '\'')
                b = _line[++_position];
            _line[write++] = b;
            _position++;
        }
        return false;
    }

    // Leaves the position on the last byte of the escape.
    private byte TakeEscape()
    {
        if (_position + 3 < _line.Length && _line[_position + 1] == 'x'
            && HexValue(_line[_position + 2]) is var high and >= 0
            && HexValue(_line[_position + 3]) is var low and >= 0)
        {
            _position += 3;
            return (byte)((high << 4) | low);
        }
        _position++;
        return _line[_position] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            var other => other,
        };
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\v' or (byte)'\f' or (byte)'\r';

    private static int HexValue(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
