namespace KvStore.Hocon.Parsing;

/// <summary>
/// The grammar, read by recursive descent into trees that the <see cref="Resolver"/> resolves:
/// <code>
/// root   = '{' fields '}' | fields
/// fields = [ field { ( newline | ',' ) field } [','] ]
/// field  = include | path ( ( '=' | ':' | '+=' ) value | object )
/// value  = part { part }                      side by side on one line: concatenation
/// part   = object | list | string | '${' ['?'] path '}'
/// list   = '[' [ value { ( newline | ',' ) value } [','] ] ']'
/// </code>
/// </summary>
internal sealed partial class HoconParser
{
    private readonly HoconOptions _options;
    private readonly TextCursor _cursor;
    private readonly IncludeChain _chain;
    private readonly IncludeScope? _scope;

    public HoconParser(HoconSource source, HoconOptions options)
        : this(source, options, new IncludeChain(source.Name), scope: null)
    {
    }

    private HoconParser(HoconSource source, HoconOptions options, IncludeChain chain, IncludeScope? scope)
    {
        _cursor = new TextCursor(source.Text, source.Name);
        _options = options;
        _chain = chain;
        _scope = scope;
        if (source.Text.Length > HoconLimits.MaxTextLength)
        {
            throw _cursor.Error($"the text has {source.Text.Length} characters, "
                + $"more than the {HoconLimits.MaxTextLength} a configuration may have");
        }
    }

    public ObjectTree ParseRoot() => ParseRoot([]);

    /// <summary>Reads a text that is one list or object and nothing else, as the value of a key.</summary>
    public ObjectTree ParseValueOf(string key)
    {
        var tree = new ObjectTree(_cursor.Position);
        tree.Set([key], ParseValue([key]), _cursor.Position);
        _cursor.SkipBlank();
        return _cursor.AtEnd ? tree : throw UnexpectedAfterValue();
    }

    private ObjectTree ParseRoot(IReadOnlyList<string> at)
    {
        var tree = new ObjectTree(_cursor.Position);
        _cursor.SkipBlank();
        if (_cursor.Peek() == '[')
            throw _cursor.Error("a configuration is an object, this is a list");
        if (_cursor.Peek() != '{')
        {
            ParseFields(tree, at, opened: null);
            return tree;
        }
        var opened = _cursor.Position;
        _cursor.Take();
        ParseFields(tree, at, opened);
        _cursor.SkipBlank();
        if (!_cursor.AtEnd)
            throw _cursor.Error($"expected nothing behind the '}}' that closes the configuration, found {_cursor.Describe()}");
        return tree;
    }

    /// <summary>Reads fields up to the brace that closes them.</summary>
    /// <param name="tree">Where the fields go.</param>
    /// <param name="at">The path of that object, which is also how deep it is.</param>
    /// <param name="opened">Where its brace stands; null for a root without braces.</param>
    private void ParseFields(ObjectTree tree, IReadOnlyList<string> at, SourcePosition? opened)
    {
        while (true)
        {
            _cursor.SkipBlank();
            if (AtFieldsEnd(opened))
                return;
            if (_cursor.Peek() == ',')
                throw _cursor.Error("a comma must follow a value, and only one");
            ParseField(tree, at);
            var newLine = _cursor.SkipBlank();
            if (_cursor.Peek() == ',')
                _cursor.Take();
            else if (!newLine && !_cursor.AtEnd && _cursor.Peek() != '}')
                throw UnexpectedAfterValue();
        }
    }

    private bool AtFieldsEnd(SourcePosition? opened)
    {
        if (_cursor.AtEnd)
            return opened is { } brace ? throw NeverClosed('{', brace) : true;
        if (_cursor.Peek() != '}')
            return false;
        if (opened is null)
            throw _cursor.Error("this '}' closes nothing");
        _cursor.Take();
        return true;
    }

    private void ParseField(ObjectTree tree, IReadOnlyList<string> at)
    {
        if (AtInclude)
        {
            ParseInclude(tree, at);
            return;
        }
        var keyPosition = _cursor.Position;
        var path = PathParser.Parse(_cursor);
        CheckNesting(at.Count + path.Count, keyPosition);
        List<string> full = [.. at, .. path];
        var afterKey = _cursor.Position;
        var spaced = _cursor.TakeSpaces();
        if (_cursor.Peek() is not ('=' or ':' or '+' or '{'))
            SkipToBraceOnLaterLine(path, afterKey, spaced);
        var append = _cursor.Matches("+=");
        if (append)
            _cursor.Skip(2);
        else if (_cursor.Peek() is '=' or ':')
            _cursor.Take();
        else if (_cursor.Peek() != '{')
            throw MissingSeparator(path);
        var value = ParseFieldValue(full, _cursor.Position, path);
        if (append)
            value = new ValueSyntax([new PreviousPart(keyPosition), new ArrayPart([value], value.Position)]);
        tree.Set(path, value, keyPosition);
    }

    /// <summary>A separator or an opening brace may stand on a line of its own, below its key.</summary>
    private void SkipToBraceOnLaterLine(IReadOnlyList<string> path, SourcePosition afterKey, string spaced)
    {
        var found = _cursor.Describe();
        var here = spaced.Length > 0 && !_cursor.AtComment && _cursor.Peek() is not '\n' and not -1 ? _cursor.Position : afterKey;
        _cursor.SkipBlank();
        if (_cursor.Peek() is not ('{' or '=' or ':'))
            throw new HoconException(here, $"expected '=', ':' or '{{' after the key {HoconPath.Join(path)}, found {found}");
    }

    private HoconException NeverClosed(char bracket, SourcePosition opened) =>
        _cursor.Error($"the text ends before the '{bracket}' of line {opened.Line}, column {opened.Column} is closed");

    private HoconException MissingSeparator(IReadOnlyList<string> path) =>
        _cursor.Error($"expected '=', ':' or '{{' after the key {HoconPath.Join(path)}, found {_cursor.Describe()}");

    private static void CheckNesting(int depth, SourcePosition position)
    {
        if (depth >= HoconLimits.MaxNesting)
            throw new HoconException(position, $"nested deeper than {HoconLimits.MaxNesting} levels");
    }
}
