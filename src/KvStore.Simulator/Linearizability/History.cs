namespace KvStore.Simulator.Linearizability;

/// <summary>
/// Records what clients call and what they are told, of all keys, as it happens. Times are the caller's and never decrease;
/// where they are equal the operations count as concurrent, so a recording that knows what came first gives each event a
/// time of its own. What is still open in the end is of unknown outcome. For one thread.
/// </summary>
internal sealed class History<TIn, TOut>
{
    private readonly SortedDictionary<string, List<int>> _keys = new(StringComparer.Ordinal);
    private readonly List<Operation<TIn, TOut>> _operations = [];
    private readonly List<bool> _isOpen = [];
    private long _last = long.MinValue;

    /// <summary>All keys that were called, in ordinal order.</summary>
    public IEnumerable<string> Keys => _keys.Keys;

    /// <summary>How many operations there are, of all keys.</summary>
    public int Count => _operations.Count;

    /// <summary>The operations on a key, in the order of their calls.</summary>
    public IEnumerable<Operation<TIn, TOut>> Of(string key) => _keys[key].Select(ticket => _operations[ticket]);

    /// <summary>Records a call; returns the ticket by which its end is told.</summary>
    public int Call(int client, string key, TIn input, long at)
    {
        Advance(at);
        return Add(key, new Operation<TIn, TOut>(client, input, default, at, Operation<TIn, TOut>.Never, Outcome.Unknown), isOpen: true);
    }

    /// <summary>The operation was answered with <paramref name="output"/>.</summary>
    public void Return(int ticket, TOut output, long at)
    {
        Advance(at);
        Close(ticket);
        _operations[ticket] = _operations[ticket] with { Output = output, Return = at, Outcome = Outcome.Ok };
    }

    /// <summary>The operation certainly did not and will not take effect.</summary>
    public void Fail(int ticket)
    {
        Close(ticket);
        _operations[ticket] = _operations[ticket] with { Outcome = Outcome.Failed };
    }

    /// <summary>Nobody will say what became of the operation: a timeout, a connection that broke. Without this, the same.</summary>
    public void Lose(int ticket) => Close(ticket);

    /// <summary>Adds an operation that no client called, at any time.</summary>
    public void Add(string key, Operation<TIn, TOut> operation) => Add(key, operation, isOpen: false);

    private int Add(string key, Operation<TIn, TOut> operation, bool isOpen)
    {
        if (!_keys.TryGetValue(key, out var tickets))
            _keys.Add(key, tickets = []);
        tickets.Add(_operations.Count);
        _operations.Add(operation);
        _isOpen.Add(isOpen);
        return _operations.Count - 1;
    }

    private void Advance(long at)
    {
        if (at < _last)
            throw new ArgumentOutOfRangeException(nameof(at), at, $"The time was {_last} before.");
        _last = at;
    }

    private void Close(int ticket)
    {
        if (!_isOpen[ticket])
            throw new InvalidOperationException($"{_operations[ticket].Input} has ended before.");
        _isOpen[ticket] = false;
    }
}
