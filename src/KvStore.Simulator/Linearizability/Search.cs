namespace KvStore.Simulator.Linearizability;

/// <summary>
/// Looks for an order of one key's operations that the model explains: the algorithm of Wing and Gong (Testing and verifying
/// concurrent objects, 1993) with the memoisation and the linked list of Lowe (Testing for linearizability, 2017), which
/// visits no pair of placed operations and state twice. An operation of unknown outcome need not be placed: the search ends
/// when all others are. Four rules keep the pairs few. Where there is an order there is one with the fewest operations of unknown
/// outcome, and of those one with the earliest, and no rule forbids it:
/// <list type="bullet">
/// <item>An observation is placed as soon as it fits: moved to the front of an order, it changes nothing for the others.</item>
/// <item>What is of unknown outcome is not placed where it changes nothing.</item>
/// <item>Nor where what is placed right behind it would give the same reply and lead to the same state without it.</item>
/// <item>Of several of unknown outcome with the same input the one called first goes first: they can stand for each other.</item>
/// </list>
/// What is known is tried first, since most of what is of unknown outcome never happened, or was overwritten unseen; and of that
/// the latest first, since what happened did so soon as a rule.
/// Without recursion, since histories are longer than stacks are deep.
/// </summary>
internal sealed class Search<TModel, TState, TIn, TOut>
    where TModel : struct, IModel<TState, TIn, TOut>
    where TIn : notnull
{
    private const int None = -1;
    private const int WordBits = 64;

    private readonly TModel _model;
    private readonly Operation<TIn, TOut>[] _operations;
    private readonly bool[] _isObservation;
    private readonly int[] _twins;
    private readonly EventList _events;
    private readonly VisitedSet<TState> _visited;
    private readonly ulong[] _placed;
    private readonly int[] _bits;
    private readonly int[] _order;
    private readonly TState[] _before;
    private TState _state;
    private ulong _knownHash;
    private int _depth;
    private int _knownLeft;
    private (int KnownLeft, int Depth) _best = (int.MaxValue, 0);

    // What the search looks at next: an event, and whether it is at those of unknown outcome.
    private int _node;
    private bool _triesUnknown;

    /// <summary>Prepares a search.</summary>
    /// <param name="model">The machine.</param>
    /// <param name="operations">Those of one key, in any order, failed ones included.</param>
    public Search(TModel model, IEnumerable<Operation<TIn, TOut>> operations)
    {
        _model = model;
        _operations = [.. operations.Where(static o => o.Outcome != Outcome.Failed).OrderBy(static o => o.Call)];
        foreach (var operation in _operations)
        {
            if (operation.IsKnown && operation.Return < operation.Call)
                throw new ArgumentException($"{operation.Input} returns at {operation.Return}, before its call at {operation.Call}", nameof(operations));
        }
        _isObservation = [.. _operations.Select(o => o.IsKnown && _model.IsObservation(o.Input, o.Output!))];
        _twins = Twins(_operations);
        _events = EventList.Of(_operations);
        _knownLeft = _operations.Count(static o => o.IsKnown);
        var knownWords = Words(_knownLeft);
        var unknownWords = Words(_operations.Length - _knownLeft);
        _placed = new ulong[knownWords + unknownWords];
        _bits = Bits(_operations, knownWords * WordBits);
        _visited = new VisitedSet<TState>(knownWords, unknownWords);
        _order = new int[_operations.Length];
        _before = new TState[_operations.Length];
        _state = model.Initial;
    }

    /// <summary>The operations that count, in the order of their calls.</summary>
    public IReadOnlyList<Operation<TIn, TOut>> Operations => _operations;

    /// <summary>How many configurations were visited so far.</summary>
    public int Configurations => _visited.Count;

    /// <summary>After a violation: the order with the most known operations that was found, and few others, as places in <see cref="Operations"/>.</summary>
    public IReadOnlyList<int> Longest { get; private set; } = [];

    /// <summary>Searches; to be called once.</summary>
    /// <param name="maxConfigurations">After so many the verdict is <see cref="Verdict.Undecided"/>.</param>
    public Verdict Run(int maxConfigurations)
    {
        while (true)
        {
            PlaceObservations();
            if (_knownLeft == 0)
                return Verdict.Linearizable;
            if (_visited.Count == maxConfigurations)
                return Verdict.Undecided;
            if (_visited.Add(_placed, _knownHash, _state))
                (_node, _triesUnknown) = (_events.First, false);
            else if (!TryTakeBack())
                return Verdict.Violation;
            while (!TryPlaceNext())
            {
                if (!TryTakeBack())
                    return Verdict.Violation;
            }
        }
    }

    private static int Words(int bits) => (bits + WordBits - 1) / WordBits;

    // Which bit stands for each operation: those of unknown outcome have words of their own.
    private static int[] Bits(Operation<TIn, TOut>[] operations, int firstUnknown)
    {
        var (known, unknown) = (0, firstUnknown);
        return [.. operations.Select(o => o.IsKnown ? known++ : unknown++)];
    }

    // For each operation of unknown outcome: the one before it with the same input; or none.
    private static int[] Twins(Operation<TIn, TOut>[] operations)
    {
        var twins = new int[operations.Length];
        var last = new Dictionary<TIn, int>();
        for (var i = 0; i < operations.Length; i++)
        {
            twins[i] = None;
            if (operations[i].IsKnown)
                continue;
            if (last.TryGetValue(operations[i].Input, out var twin))
                twins[i] = twin;
            last[operations[i].Input] = i;
        }
        return twins;
    }

    // To lift one may move the first return further away, so what follows it in the list is looked at all the same.
    private void PlaceObservations()
    {
        for (var node = _events.First; _events.IsCall(node, out var operation); node = _events.After(node))
        {
            if (_isObservation[operation] && IsExplained(operation, _state, out var next))
                Place(operation, next);
        }
    }

    // Places the next operation that can be; false when none is left to try in this configuration.
    private bool TryPlaceNext()
    {
        while (!_triesUnknown)
        {
            if (!_events.IsCall(_node, out var operation))
                _triesUnknown = true;
            else if (_operations[operation].IsKnown && TryPlace(operation))
                return true;
            _node = _triesUnknown ? _events.Before(_node) : _events.After(_node);
        }
        for (; _events.IsCall(_node, out var operation); _node = _events.Before(_node))
        {
            if (!_operations[operation].IsKnown && TryPlace(operation))
                return true;
        }
        return false;
    }

    private bool TryPlace(int operation)
    {
        if (_isObservation[operation] || (_twins[operation] != None && !IsPlaced(_twins[operation])))
            return false;
        if (!IsExplained(operation, _state, out var next))
            return false;
        if (_triesUnknown && EqualityComparer<TState>.Default.Equals(next, _state))
            return false;
        if (IsLastUseless(operation, next))
            return false;
        Place(operation, next);
        return true;
    }

    // True when the last that was placed is of unknown outcome, and need not have been for this one to lead to next.
    private bool IsLastUseless(int operation, TState next) =>
        _depth > 0
        && !_operations[_order[_depth - 1]].IsKnown
        && IsExplained(operation, _before[_depth - 1], out var without)
        && EqualityComparer<TState>.Default.Equals(without, next);

    private bool IsExplained(int operation, TState state, out TState next)
    {
        var reply = _model.Step(state, _operations[operation].Input, out next);
        return !_operations[operation].IsKnown || EqualityComparer<TOut>.Default.Equals(reply, _operations[operation].Output!);
    }

    private void Place(int operation, TState next)
    {
        _order[_depth] = operation;
        _before[_depth] = _state;
        _depth++;
        _state = next;
        Toggle(operation);
        _events.Lift(operation);
        if (_operations[operation].IsKnown)
            _knownLeft--;
    }

    // Takes the last choice back, to go on with the next one; false when there was no choice left.
    private bool TryTakeBack()
    {
        if ((_knownLeft, _depth).CompareTo(_best) < 0)
        {
            _best = (_knownLeft, _depth);
            Longest = _order[.._depth];
        }
        while (_depth > 0)
        {
            var operation = _order[--_depth];
            _state = _before[_depth];
            Toggle(operation);
            _events.Restore(operation);
            if (_operations[operation].IsKnown)
                _knownLeft++;
            if (_isObservation[operation])
                continue;
            _triesUnknown = !_operations[operation].IsKnown;
            _node = _triesUnknown ? _events.BeforeCall(operation) : _events.AfterCall(operation);
            return true;
        }
        return false;
    }

    private bool IsPlaced(int operation) => (_placed[_bits[operation] / WordBits] & (1UL << _bits[operation])) != 0;

    private void Toggle(int operation)
    {
        _placed[_bits[operation] / WordBits] ^= 1UL << _bits[operation];
        if (!_operations[operation].IsKnown)
            return;
        // The finisher of SplitMix64: a set's hash is the sum, without carries, of those of its members.
        var hash = (ulong)(operation + 1) * 0x9e3779b97f4a7c15;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
        _knownHash ^= hash ^ (hash >> 31);
    }
}
