namespace KvStore.Simulator.Linearizability;

/// <summary>
/// Calls and returns in the order of time, as a doubly linked list out of which an operation is lifted when it is placed,
/// and into which it is put back, exactly where it was, when the search takes that back. What stands before the first
/// return can be placed next. Operations of unknown outcome have a call only. Nodes are numbers; 0 is the end of the list.
/// </summary>
internal sealed class EventList
{
    private const int End = 0;

    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int[] _operation;
    private readonly int[] _calls;
    private readonly int[] _returns;

    private EventList(int operations, List<(long At, bool IsReturn, int Operation)> events)
    {
        _next = new int[events.Count + 1];
        _previous = new int[events.Count + 1];
        _operation = new int[events.Count + 1];
        _calls = new int[operations];
        _returns = new int[operations];
        for (var node = 1; node <= events.Count; node++)
        {
            var (_, isReturn, operation) = events[node - 1];
            _operation[node] = operation;
            (isReturn ? _returns : _calls)[operation] = node;
            _previous[node] = node - 1;
            _next[node - 1] = node;
        }
        _previous[End] = events.Count;
    }

    /// <summary>The first event; the end when there is none.</summary>
    public int First => _next[End];

    /// <summary>Lists the events of <paramref name="operations"/>, none of which has failed, and which are numbered as they stand.</summary>
    public static EventList Of<TIn, TOut>(IReadOnlyList<Operation<TIn, TOut>> operations)
    {
        var events = new List<(long At, bool IsReturn, int Operation)>(operations.Count * 2);
        for (var i = 0; i < operations.Count; i++)
        {
            events.Add((operations[i].Call, false, i));
            if (operations[i].IsKnown)
                events.Add((operations[i].Return, true, i));
        }
        // Calls come before returns of the same time: those are concurrent.
        events.Sort();
        return new EventList(operations.Count, events);
    }

    /// <summary>The event after a node.</summary>
    public int After(int node) => _next[node];

    /// <summary>The event before a node.</summary>
    public int Before(int node) => _previous[node];

    /// <summary>The event after the call of an operation that is in the list.</summary>
    public int AfterCall(int operation) => _next[_calls[operation]];

    /// <summary>The event before the call of an operation that is in the list.</summary>
    public int BeforeCall(int operation) => _previous[_calls[operation]];

    /// <summary>Which operation's call a node is; false when it is a return, or the end.</summary>
    public bool IsCall(int node, out int operation)
    {
        operation = _operation[node];
        return node != End && _calls[operation] == node;
    }

    /// <summary>Takes an operation's events out. What comes after its call is still known, until the next is taken out.</summary>
    public void Lift(int operation)
    {
        if (_returns[operation] != End)
            Unlink(_returns[operation]);
        Unlink(_calls[operation]);
    }

    /// <summary>Puts an operation's events back. The last that was lifted comes first.</summary>
    public void Restore(int operation)
    {
        Link(_calls[operation]);
        if (_returns[operation] != End)
            Link(_returns[operation]);
    }

    private void Unlink(int node)
    {
        _next[_previous[node]] = _next[node];
        _previous[_next[node]] = _previous[node];
    }

    private void Link(int node)
    {
        _next[_previous[node]] = node;
        _previous[_next[node]] = node;
    }
}
