using System.Text;

namespace KvStore.Hocon.Parsing;

/// <summary>
/// Includes: <c>include "name"</c>, <c>include file("name")</c>, and either inside <c>required( )</c>. The text stands for
/// its fields, at the place of the statement. A missing one that is not required counts as empty.
/// </summary>
internal sealed partial class HoconParser
{
    private const string Keyword = "include";

    private bool AtInclude
    {
        get
        {
            if (!_cursor.Matches(Keyword))
                return false;
            var next = _cursor.Peek(Keyword.Length);
            return TextCursor.IsSpace(next) || next == '"';
        }
    }

    private void ParseInclude(ObjectTree tree, IReadOnlyList<string> at)
    {
        var statement = _cursor.Position;
        _cursor.Skip(Keyword.Length);
        _cursor.TakeSpaces();
        var required = TakeCall("required");
        var file = TakeCall("file");
        if (_cursor.Peek() != '"')
        {
            throw _cursor.Error("expected a file name in quotes after include: include \"x\", file(\"x\") or required(file(\"x\")); "
                + "a key of this name must be quoted");
        }
        var namePosition = _cursor.Position;
        var name = StringParser.TakeQuoted(_cursor);
        if (file)
            TakeClosing("file");
        if (required)
            TakeClosing("required");
        var source = Find(name, namePosition);
        if (source is not null)
            tree.MergeFrom(ParseIncluded(source, statement, at));
        else if (required)
            throw new HoconException(namePosition, $"the required file \"{name}\" does not exist");
    }

    private bool TakeCall(string function)
    {
        if (!_cursor.Matches(function + "("))
            return false;
        _cursor.Skip(function.Length + 1);
        _cursor.TakeSpaces();
        return true;
    }

    private void TakeClosing(string function)
    {
        _cursor.TakeSpaces();
        if (_cursor.Peek() != ')')
            throw _cursor.Error($"expected ')' to close {function}(, found {_cursor.Describe()}");
        _cursor.Take();
    }

    private HoconSource? Find(string name, SourcePosition position)
    {
        try
        {
            return _options.Include(name, position.Source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException or ArgumentException)
        {
            throw new HoconException(position, $"the file \"{name}\" cannot be read: {e.Message}", e);
        }
    }

    private ObjectTree ParseIncluded(HoconSource source, SourcePosition statement, IReadOnlyList<string> at)
    {
        var chain = _chain.Enter(source.Name, statement);
        // Inside a list there is no path that a substitution could be relative to.
        var scope = at.Count == 0 || at.Contains("[]", StringComparer.Ordinal) ? _scope : new IncludeScope(at, _scope);
        return new HoconParser(source, _options, chain, scope).ParseRoot(at);
    }

    /// <summary>The files that are open right now, and how many were opened in all.</summary>
    private sealed class IncludeChain(string name, IncludeChain? parent = null)
    {
        private readonly Counter _includes = parent?._includes ?? new Counter();

        public IncludeChain Enter(string included, SourcePosition statement)
        {
            var depth = 1;
            for (var link = this; link is not null; link = link._parent, depth++)
            {
                if (string.Equals(link._name, included, StringComparison.Ordinal))
                    throw new HoconException(statement, $"\"{included}\" includes itself");
            }
            if (depth > HoconLimits.MaxIncludeDepth)
                throw new HoconException(statement, $"includes are nested deeper than {HoconLimits.MaxIncludeDepth} files");
            if (++_includes.Value > HoconLimits.MaxIncludes)
                throw new HoconException(statement, $"more than {HoconLimits.MaxIncludes} includes in one configuration");
            return new IncludeChain(included, this);
        }

        private readonly string _name = name;
        private readonly IncludeChain? _parent = parent;
    }

    private sealed class Counter
    {
        public int Value { get; set; }
    }
}
