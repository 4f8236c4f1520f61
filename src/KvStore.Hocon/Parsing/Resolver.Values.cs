using System.Text;

namespace KvStore.Hocon.Parsing;

/// <summary>Concatenation: strings with the space between them, lists end to end, objects merged.</summary>
internal sealed partial class Resolver
{
    private HoconNode? ResolveValue(ValueSyntax value)
    {
        CountSteps(value.Parts.Count);
        if (value.Parts is [var only])
            return ResolvePart(only);
        var nodes = new List<(HoconNode Node, bool IsSpace)>(value.Parts.Count);
        foreach (var part in value.Parts)
        {
            if (ResolvePart(part) is { } node)
                nodes.Add((node, part is ScalarPart { IsSpace: true }));
        }
        var first = nodes.Find(static n => !n.IsSpace).Node;
        return first switch
        {
            null => null,
            HoconScalar => JoinScalars(nodes, value.Position),
            HoconArray => JoinLists(nodes, value.Position),
            _ => JoinObjects(nodes),
        };
    }

    private HoconNode? ResolvePart(ValuePart part)
    {
        switch (part)
        {
            case ScalarPart { Quoted: false, IsSpace: false } scalar:
                return HoconScalar.FromUnquoted(scalar.Text, scalar.Position);
            case ScalarPart scalar:
                return new HoconScalar(scalar.Text, HoconScalarKind.Text, scalar.Position);
            case ArrayPart array:
                return ResolveList(array);
            case ObjectPart inner:
                return ResolveInner(inner);
            case PreviousPart:
                var (slot, definition) = (_frames[^1].Slot, _frames[^1].Definition);
                _cut = Math.Min(_cut, _frames.Count - 1);
                return ResolveSlot(slot, definition);
            default:
                return Substitute((SubstitutionPart)part);
        }
    }

    private HoconArray ResolveList(ArrayPart array)
    {
        var items = new List<HoconNode>(array.Items.Count);
        foreach (var item in array.Items)
        {
            if (ResolveValue(item) is { } node)
                items.Add(node);
        }
        return Bounded(new HoconArray(items, array.Position));
    }

    private HoconObject ResolveInner(ObjectPart part)
    {
        var frame = _frames[^1];
        var outer = frame.InsideObject;
        frame.InsideObject = true;
        var value = ResolveTree(part.Tree);
        frame.InsideObject = outer;
        return value;
    }

    private static HoconScalar JoinScalars(List<(HoconNode Node, bool IsSpace)> nodes, SourcePosition position)
    {
        if (nodes is [var (only, _)])
            return (HoconScalar)only;
        var length = 0L;
        foreach (var (node, _) in nodes)
        {
            if (node is not HoconScalar scalar)
                throw CannotJoin(node, "text");
            length += scalar.Text.Length;
            if (length > HoconLimits.MaxTextLength)
                throw new HoconException(position, $"the text here joins to more than {HoconLimits.MaxTextLength} characters");
        }
        var text = new StringBuilder((int)length);
        foreach (var (node, _) in nodes)
            text.Append(((HoconScalar)node).Text);
        return new HoconScalar(text.ToString(), HoconScalarKind.Text, position);
    }

    private HoconArray JoinLists(List<(HoconNode Node, bool IsSpace)> nodes, SourcePosition position)
    {
        var items = new List<HoconNode>();
        foreach (var (node, isSpace) in nodes)
        {
            if (isSpace)
                continue;
            items.AddRange(node is HoconArray array ? array.Items : throw CannotJoin(node, "a list"));
            if (items.Count > HoconLimits.MaxTextLength)
                throw new HoconException(position, $"the list here joins to more than {HoconLimits.MaxTextLength} elements");
        }
        return Bounded(new HoconArray(items, position));
    }

    private HoconObject JoinObjects(List<(HoconNode Node, bool IsSpace)> nodes)
    {
        HoconObject? result = null;
        foreach (var (node, isSpace) in nodes)
        {
            if (isSpace)
                continue;
            var next = node as HoconObject ?? throw CannotJoin(node, "an object");
            result = result is null ? next : Bounded(next.WithFallback(result));
        }
        return result!;
    }

    private static HoconException CannotJoin(HoconNode node, string what) =>
        new(node.Position, $"{node.Noun} cannot be joined to {what} before it");
}
