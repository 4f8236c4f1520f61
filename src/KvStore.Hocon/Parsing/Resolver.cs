using System.Runtime.CompilerServices;

namespace KvStore.Hocon.Parsing;

/// <summary>
/// Turns what was written into values: merges definitions of a key, looks up substitutions in the merged document and
/// then in the environment, and concatenates.
/// </summary>
/// <remarks>
/// A substitution sees the final document, except that one which meets the key it helps to define sees only what was
/// written for that key before (HOCON's look-back: <c>path = ${path} [x]</c>). <see cref="_frames"/> are the definitions
/// being resolved right now, so that this is a question of who is on it. Lookups descend key by key and resolve only what
/// the path names; so <c>a { x = 1, y = ${a.x} }</c> does not meet itself.
/// </remarks>
internal sealed partial class Resolver(ObjectTree root, Func<string, string?> environment)
{
    private const int NoCut = int.MaxValue;

    private readonly List<Frame> _frames = [];
    private SourcePosition _current = root.Position;
    private int _depth;
    private int _steps;

    /// <summary>The outermost frame that cut a look-up short since it was reset. What depends on a cut is not kept.</summary>
    private int _cut = NoCut;

    public HoconObject Resolve() => ResolveTree(root);

    private HoconObject ResolveTree(ObjectTree tree)
    {
        var entries = new OrderedDictionary<string, HoconObject.Entry>(StringComparer.Ordinal);
        foreach (var (key, slot) in tree.Slots)
        {
            if (ResolveSlot(slot, slot.Definitions.Count) is { } value)
                entries.Add(key, new HoconObject.Entry(value, slot.KeyPosition));
        }
        return Bounded(new HoconObject(entries, tree.Position));
    }

    /// <summary>The value of the first <paramref name="count"/> definitions; null when they define none.</summary>
    private HoconNode? ResolveSlot(Slot slot, int count)
    {
        if (slot.IsResolved && count == slot.Definitions.Count)
            return slot.Value;
        Enter();
        var outerCut = _cut;
        _cut = NoCut;
        HoconNode? result = null;
        for (var i = count - 1; i >= 0; i--)
        {
            _frames.Add(new Frame(slot, i));
            var value = ResolveValue(slot.Definitions[i]);
            _frames.RemoveAt(_frames.Count - 1);
            if (!Overlay(ref result, value))
                break;
        }
        if (_cut >= _frames.Count && count == slot.Definitions.Count)
        {
            slot.IsResolved = true;
            slot.Value = result;
        }
        _cut = Math.Min(_cut < _frames.Count ? _cut : NoCut, outerCut);
        _depth--;
        return result;
    }

    /// <summary>Puts an earlier value beneath a later one; false when anything still earlier is hidden.</summary>
    private bool Overlay(ref HoconNode? result, HoconNode? earlier)
    {
        if (earlier is null)
            return true;
        if (result is null)
            result = earlier;
        else if (earlier is HoconObject lower)
            result = Bounded(((HoconObject)result).WithFallback(lower));
        return earlier is HoconObject;
    }

    private HoconNode? Substitute(SubstitutionPart part)
    {
        _current = part.Position;
        var outerCut = _cut;
        _cut = NoCut;
        var value = Look(part, part.Path);
        var cut = _cut;
        _cut = Math.Min(cut, outerCut);
        if (value is not null)
            return value;
        var name = string.Join('.', part.Path);
        if (environment(name) is { } text)
            return new HoconScalar(text, HoconScalarKind.Text, part.Position);
        if (part.Optional)
            return null;
        var path = HoconPath.Join(part.Path);
        throw new HoconException(part.Position, cut != NoCut
            ? $"${{{path}}} refers back to itself, and has no earlier value"
            : $"${{{path}}} is not defined: there is no such path, and no environment variable of that name");
    }

    private HoconNode? Look(SubstitutionPart part, IReadOnlyList<string> path)
    {
        for (var scope = part.Scope; scope is not null; scope = scope.Parent)
        {
            if (Look([.. scope.Prefix, .. path]) is { } relative)
                return relative;
        }
        return Look(path);
    }

    private HoconNode? Look(IReadOnlyList<string> path) =>
        root.Slots.TryGetValue(path[0], out var slot) ? LookInSlot(slot, path, 1) : null;

    /// <summary>The value at <c>path[at..]</c> below a key, or that key's own when nothing of the path is left.</summary>
    private HoconNode? LookInSlot(Slot slot, IReadOnlyList<string> path, int at)
    {
        var count = slot.Definitions.Count;
        var frame = _frames.FindLastIndex(f => f.Slot == slot);
        if (frame >= 0 && (at == path.Count || !_frames.Skip(frame).Any(static f => f.InsideObject)))
        {
            count = _frames[frame].Definition;
            _cut = Math.Min(_cut, frame);
        }
        return at == path.Count ? ResolveSlot(slot, count) : LookBelow(slot, count, path, at);
    }

    private HoconNode? LookBelow(Slot slot, int count, IReadOnlyList<string> path, int at)
    {
        Enter();
        HoconNode? result = null;
        var more = true;
        for (var i = count - 1; i >= 0 && more; i--)
        {
            var parts = slot.Definitions[i].Parts;
            for (var p = parts.Count - 1; p >= 0 && more; p--)
            {
                _frames.Add(new Frame(slot, i) { InsideObject = parts[p] is ObjectPart });
                var value = LookInPart(parts[p], path, at);
                _frames.RemoveAt(_frames.Count - 1);
                more = Overlay(ref result, value) && parts[p] is not (ScalarPart { IsSpace: false } or ArrayPart);
            }
        }
        _depth--;
        return result;
    }

    private HoconNode? LookInPart(ValuePart part, IReadOnlyList<string> path, int at)
    {
        switch (part)
        {
            case ObjectPart inner:
                return inner.Tree.Slots.TryGetValue(path[at], out var slot) ? LookInSlot(slot, path, at + 1) : null;
            case SubstitutionPart substitution:
                CheckPath(substitution.Path.Count + path.Count - at);
                return Look(substitution, [.. substitution.Path, .. path.Skip(at)]);
            default:
                return null;
        }
    }

    private void CheckPath(int length)
    {
        if (length > HoconLimits.MaxResolutionDepth)
            throw new HoconException(_current, "the substitutions here refer to each other without end");
    }

    private void Enter()
    {
        CountSteps(1);
        if (++_depth > HoconLimits.MaxResolutionDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new HoconException(_current, $"substitutions and objects are nested deeper than {HoconLimits.MaxResolutionDepth} levels");
    }

    private void CountSteps(int steps)
    {
        _steps += steps;
        if (_steps > HoconLimits.MaxResolutionSteps)
            throw new HoconException(_current, $"the substitutions take more than {HoconLimits.MaxResolutionSteps} steps to resolve");
    }

    private T Bounded<T>(T value)
        where T : HoconNode
    {
        if (value.Depth > HoconLimits.MaxResolvedNesting)
            throw new HoconException(value.Position, $"nested deeper than {HoconLimits.MaxResolvedNesting} levels by its substitutions");
        if (value.Weight > HoconLimits.MaxExpandedLength)
            throw new HoconException(value.Position, $"the substitutions expand to more than {HoconLimits.MaxExpandedLength} characters");
        return value;
    }

    /// <summary>A definition that is being resolved.</summary>
    private sealed class Frame(Slot slot, int definition)
    {
        public Slot Slot { get; } = slot;

        public int Definition { get; } = definition;

        /// <summary>True while a field inside an object of the definition is resolved: that does not define the key itself.</summary>
        public bool InsideObject { get; set; }
    }
}
