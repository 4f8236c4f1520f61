using System.Globalization;
using KvStore.Simulator.Clients;

namespace KvStore.Simulator.Checks;

/// <summary>Who wrote which value: by the number in it the operation, and by the operation, once it is known, the mutation that it became.</summary>
internal sealed class ValueLedger(History history)
{
    private readonly Dictionary<long, Operation> _writers = [];
    private readonly Dictionary<long, Written> _mutations = [];
    private readonly Dictionary<string, long> _counted = [];
    private readonly HashSet<string> _keys = [];
    private int _seen;

    /// <summary>The operation that was to write this value; null where there was none.</summary>
    public Operation? WriterOf(long number)
    {
        CatchUp();
        return _writers.GetValueOrDefault(number);
    }

    /// <summary>The mutation that brought this value; null where none has come to light.</summary>
    public Written? MutationOf(long number) => _mutations.GetValueOrDefault(number);

    /// <summary>By how much all that has been called could have moved a counter, in either direction.</summary>
    public long CountedOn(string key)
    {
        CatchUp();
        return _counted.GetValueOrDefault(key);
    }

    /// <summary>True when a client has sent a command that could make this key.</summary>
    public bool IsKey(string key)
    {
        CatchUp();
        return _keys.Contains(key);
    }

    /// <summary>Takes down a mutation. The first of a value is its writer's: an expiry that is set later writes the same value again.</summary>
    public void Add(Written written)
    {
        if (ValueText.LastNumber(written.Value) is { } number)
            _mutations.TryAdd(number, written);
    }

    private void CatchUp()
    {
        for (; _seen < history.Operations.Count; _seen++)
        {
            var operation = history.Operations[_seen];
            foreach (var (key, value) in Writes.Of(operation))
            {
                _keys.Add(key);
                if (ValueText.LastNumber(value) is { } number)
                    _writers.TryAdd(number, operation);
                else
                    Count(key, value);
            }
            if (operation.Command is "INCR" or "DECR" or "INCRBY" or "DECRBY" && operation.Arguments.Length > 1)
                Count(operation.Arguments[1], operation.Arguments.ElementAtOrDefault(2) ?? "1");
        }
    }

    private void Count(string key, string by)
    {
        if (!int.TryParse(by, CultureInfo.InvariantCulture, out var amount))
            return;
        _counted[key] = _counted.GetValueOrDefault(key) + Math.Abs((long)amount);
        _keys.Add(key);
    }
}
