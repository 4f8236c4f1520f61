namespace KvStore.Hocon.Parsing;

/// <summary>One piece of a value as written; several side by side are concatenated when they are resolved.</summary>
internal abstract record ValuePart(SourcePosition Position);

/// <summary>A string or word. <paramref name="IsSpace"/>: whitespace between parts, which counts only between scalars.</summary>
internal sealed record ScalarPart(string Text, bool Quoted, bool IsSpace, SourcePosition Position) : ValuePart(Position);

internal sealed record ObjectPart(ObjectTree Tree, SourcePosition Position) : ValuePart(Position);

internal sealed record ArrayPart(IReadOnlyList<ValueSyntax> Items, SourcePosition Position) : ValuePart(Position);

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
internal sealed record SubstitutionPart(IReadOnlyList<string> Path, bool Optional, IncludeScope? Scope, SourcePosition Position)
    : ValuePart(Position);

/// <summary>What <c>+=</c> appends to: the same key as it was before this line.</summary>
internal sealed record PreviousPart(SourcePosition Position) : ValuePart(Position);

/// <summary>
/// Where an included file hangs. Its substitutions are tried below that path first, then below the path of the file that
/// includes that one, and last from the root.
/// </summary>
internal sealed record IncludeScope(IReadOnlyList<string> Prefix, IncludeScope? Parent);

/// <summary>A value as written: at least one part, and the first is not whitespace.</summary>
internal sealed class ValueSyntax(IReadOnlyList<ValuePart> parts)
{
    public IReadOnlyList<ValuePart> Parts { get; } = parts;

    public SourcePosition Position => Parts[0].Position;

    public ObjectTree? SoleObject => Parts is [ObjectPart part] ? part.Tree : null;

    /// <summary>True when nothing written before can show through: no object to merge into, nothing to look back to.</summary>
    public bool IsFinal { get; } = parts.All(static part => part switch
    {
        ScalarPart => true,
        ArrayPart array => array.Items.All(static item => item.IsFinal),
        _ => false,
    });
}

/// <summary>All that was written for one key, in order. Which of it counts is known only when it is resolved.</summary>
internal sealed class Slot(SourcePosition keyPosition)
{
    public SourcePosition KeyPosition { get; set; } = keyPosition;

    public List<ValueSyntax> Definitions { get; } = [];

    /// <summary>Set once by the resolver, with <see cref="Value"/>.</summary>
    public bool IsResolved { get; set; }

    /// <summary>The resolved value; null when only undefined optional substitutions were written.</summary>
    public HoconNode? Value { get; set; }

    public void Add(ValueSyntax value)
    {
        if (value.SoleObject is { } tree && Definitions is [.., { SoleObject: { } last }])
        {
            last.MergeFrom(tree);
            return;
        }
        if (value.IsFinal)
            Definitions.Clear();
        Definitions.Add(value);
    }
}

/// <summary>An object as written, duplicates merged as far as that is possible before substitutions are resolved.</summary>
internal sealed class ObjectTree(SourcePosition position)
{
    public SourcePosition Position { get; } = position;

    public OrderedDictionary<string, Slot> Slots { get; } = new(StringComparer.Ordinal);

    public void Set(IReadOnlyList<string> path, ValueSyntax value, SourcePosition keyPosition)
    {
        var tree = this;
        for (var i = 0; i < path.Count - 1; i++)
        {
            var slot = tree.SlotAt(path[i], keyPosition);
            if (slot.Definitions is not [.., { SoleObject: { } child }])
            {
                child = new ObjectTree(keyPosition);
                slot.Definitions.Add(new ValueSyntax([new ObjectPart(child, keyPosition)]));
            }
            tree = child;
        }
        tree.SlotAt(path[^1], keyPosition).Add(value);
    }

    /// <summary>Takes over everything of a tree that was written later; the other tree must not be used again.</summary>
    public void MergeFrom(ObjectTree later)
    {
        foreach (var (key, slot) in later.Slots)
        {
            var own = SlotAt(key, slot.KeyPosition);
            foreach (var definition in slot.Definitions)
                own.Add(definition);
        }
    }

    private Slot SlotAt(string key, SourcePosition keyPosition)
    {
        if (!Slots.TryGetValue(key, out var slot))
            Slots.Add(key, slot = new Slot(keyPosition));
        slot.KeyPosition = keyPosition;
        return slot;
    }
}
