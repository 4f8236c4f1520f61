using System.Text;

namespace KvStore.Simulator.Linearizability.Files;

/// <summary>
/// Reads the part of EDN in which events are written: one map of keywords to scalars.
/// <code>
/// map    = "{" { keyword scalar } "}"
/// scalar = keyword | integer | "nil" | '"' { char | "\" ('"' | "\" | "n" | "r" | "t") } '"'
/// </code>
/// Blanks and commas separate.
/// </summary>
internal sealed class EventMap
{
    private readonly string _line;
    private int _at;

    private EventMap(string line) => _line = line;

    /// <summary>Reads a line: keywords with their colon, texts without their quotes, null for nil.</summary>
    /// <exception cref="FormatException">It is no such map.</exception>
    public static Dictionary<string, string?> Parse(string line)
    {
        var map = new EventMap(line);
        var fields = new Dictionary<string, string?>(StringComparer.Ordinal);
        map.Expect('{');
        while (map.Peek() != '}')
        {
            var key = map.Word();
            if (key is not [':', _, ..])
                throw new FormatException($"'{key}' is no keyword");
            if (!fields.TryAdd(key, map.Scalar()))
                throw new FormatException($"{key} stands twice");
        }
        map.Expect('}');
        if (map.Peek() != '\0')
            throw new FormatException("something follows the map");
        return fields;
    }

    // The next character that separates nothing; 0 at the end.
    private char Peek()
    {
        while (_at < _line.Length && (char.IsWhiteSpace(_line[_at]) || _line[_at] == ','))
            _at++;
        return _at < _line.Length ? _line[_at] : '\0';
    }

    private void Expect(char wanted)
    {
        if (Peek() != wanted)
            throw new FormatException($"no '{wanted}' at column {_at + 1}");
        _at++;
    }

    private string? Scalar()
    {
        if (Peek() == '"')
            return Text();
        var word = Word();
        return word == "nil" ? null
            : word[0] == ':' || long.TryParse(word, out _) ? word
            : throw new FormatException($"'{word}' is no value");
    }

    private string Word()
    {
        _ = Peek();
        var start = _at;
        while (_at < _line.Length && !char.IsWhiteSpace(_line[_at]) && _line[_at] is not (',' or '{' or '}' or '"'))
            _at++;
        return _at > start ? _line[start.._at] : throw new FormatException($"no value at column {start + 1}");
    }

    private string Text()
    {
        var text = new StringBuilder();
        for (_at++; _at < _line.Length; _at++)
        {
            var c = _line[_at];
            if (c == '"')
            {
                _at++;
                return text.ToString();
            }
            text.Append(c == '\\' ? Escaped() : c);
        }
        throw new FormatException("a text does not end");
    }

    private char Escaped()
    {
        _at++;
        return (_at < _line.Length ? _line[_at] : '\0') switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' => '"',
            '\\' => '\\',
            _ => throw new FormatException($"an escape at column {_at} that is none"),
        };
    }
}
