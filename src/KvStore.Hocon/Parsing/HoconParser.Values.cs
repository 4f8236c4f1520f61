namespace KvStore.Hocon.Parsing;

/// <summary>Values: concatenations of objects, lists, strings and substitutions.</summary>
internal sealed partial class HoconParser
{
    private ValueSyntax ParseFieldValue(IReadOnlyList<string> at, SourcePosition afterSeparator, IReadOnlyList<string> key)
    {
        var newLine = _cursor.SkipBlank();
        if (!AtPart)
        {
            var illegal = !newLine && _cursor.Peek() is not (-1 or ',' or '}' or ']');
            throw illegal ? UnexpectedAfterValue() : new HoconException(afterSeparator, $"the key {HoconPath.Join(key)} has no value");
        }
        var value = ParseValue(at);
        // `a =` and on the next line `b = 1`: what was read as the value of a is the key b.
        if (newLine && (_cursor.Peek() is '=' or ':' || _cursor.Matches("+=") || value.Parts is [ScalarPart, .., ObjectPart]))
            throw new HoconException(afterSeparator, $"the key {HoconPath.Join(key)} has no value");
        return value;
    }

    private bool AtPart => _cursor.Peek() is '{' or '[' or '"' || _cursor.Matches("${") || StringParser.AtUnquoted(_cursor);

    private ValueSyntax ParseValue(IReadOnlyList<string> at)
    {
        var parts = new List<ValuePart>();
        while (true)
        {
            var position = _cursor.Position;
            var spaces = _cursor.TakeSpaces();
            if (!AtPart)
                return new ValueSyntax(parts);
            if (spaces.Length > 0 && parts.Count > 0)
                parts.Add(new ScalarPart(spaces, Quoted: false, IsSpace: true, position));
            parts.Add(ParsePart(at));
        }
    }

    private ValuePart ParsePart(IReadOnlyList<string> at)
    {
        var position = _cursor.Position;
        switch (_cursor.Peek())
        {
            case '{':
                CheckNesting(at.Count + 1, position);
                _cursor.Take();
                var tree = new ObjectTree(position);
                ParseFields(tree, at, position);
                return new ObjectPart(tree, position);
            case '[':
                return ParseList(at, position);
            case '"':
                return new ScalarPart(StringParser.TakeQuoted(_cursor), Quoted: true, IsSpace: false, position);
            case '$':
                return ParseSubstitution(position);
            default:
                return new ScalarPart(StringParser.TakeUnquoted(_cursor, stopAtDot: false), Quoted: false, IsSpace: false, position);
        }
    }

    private ArrayPart ParseList(IReadOnlyList<string> at, SourcePosition opened)
    {
        // Only its length matters inside a list: nothing in it has a path.
        List<string> inside = [.. at, "[]"];
        CheckNesting(inside.Count, opened);
        _cursor.Take();
        var items = new List<ValueSyntax>();
        while (true)
        {
            _cursor.SkipBlank();
            if (_cursor.AtEnd)
                throw NeverClosed('[', opened);
            if (_cursor.Peek() == ']')
            {
                _cursor.Take();
                return new ArrayPart(items, opened);
            }
            if (_cursor.Peek() == ',')
                throw _cursor.Error("a comma must follow a value, and only one");
            if (!AtPart)
                throw UnexpectedAfterValue();
            items.Add(ParseValue(inside));
            var newLine = _cursor.SkipBlank();
            if (_cursor.Peek() == ',')
                _cursor.Take();
            else if (!newLine && !_cursor.AtEnd && _cursor.Peek() != ']')
                throw UnexpectedAfterValue();
        }
    }

    private SubstitutionPart ParseSubstitution(SourcePosition opened)
    {
        _cursor.Skip("${".Length);
        var optional = _cursor.Peek() == '?';
        if (optional)
            _cursor.Take();
        _cursor.TakeSpaces();
        var path = PathParser.Parse(_cursor);
        CheckNesting(path.Count, opened);
        _cursor.TakeSpaces();
        if (_cursor.Peek() != '}')
            throw _cursor.Error($"expected '}}' to close the substitution of {HoconPath.Join(path)}, found {_cursor.Describe()}");
        _cursor.Take();
        return new SubstitutionPart(path, optional, _scope, opened);
    }

    private HoconException UnexpectedAfterValue() => _cursor.Peek() switch
    {
        ']' => _cursor.Error("this ']' closes nothing"),
        '}' => _cursor.Error("this '}' closes nothing"),
        '$' => _cursor.Error("a substitution is written ${path}; a '$' itself must be quoted"),
        _ => _cursor.Error($"{_cursor.Describe()} cannot stand here; a value with special characters must be quoted as a whole"),
    };
}
