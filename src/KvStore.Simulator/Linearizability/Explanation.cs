using System.Text;

namespace KvStore.Simulator.Linearizability;

/// <summary>
/// Where an order of operations broke off, for people: the end of the longest order that was found, the state it leads to,
/// and each operation that would have had to come next with what the model would have replied.
/// </summary>
internal static class Explanation
{
    /// <summary>So many operations are shown of each kind: the cause is near the break, and the rest is in the history.</summary>
    public const int MaxOperations = 12;

    /// <summary>Longer inputs, replies and states are cut in the middle, to so many characters.</summary>
    public const int MaxTextChars = 120;

    /// <summary>Explains a search that ended in a violation.</summary>
    /// <param name="model">The machine.</param>
    /// <param name="key">Whose history it is.</param>
    /// <param name="operations">The operations that count.</param>
    /// <param name="longest">The longest order, as places in <paramref name="operations"/>.</param>
    /// <param name="when">Prints a time of the history.</param>
    public static string Of<TModel, TState, TIn, TOut>(
        TModel model, string key, IReadOnlyList<Operation<TIn, TOut>> operations, IReadOnlyList<int> longest, Func<long, string> when)
        where TModel : struct, IModel<TState, TIn, TOut>
    {
        var state = model.Initial;
        foreach (var placed in longest)
            _ = model.Step(state, operations[placed].Input, out state);
        var left = Enumerable.Range(0, operations.Count).Except(longest).ToArray();
        var firstReturn = left.Where(o => operations[o].IsKnown).Min(o => operations[o].Return);
        var open = left.Where(o => operations[o].Call <= firstReturn).ToArray();

        var text = new StringBuilder();
        text.Append($"key {Cut(key)}: {longest.Count} of {operations.Count} operations can be put in an order, not all\n");
        text.Append(longest.Count == 0 ? "none can come first\n" : longest.Count > MaxOperations ? "the order ends with\n" : "the order is\n");
        foreach (var placed in longest.Skip(longest.Count - MaxOperations))
            text.Append($"  {Line(operations[placed], when)}\n");
        text.Append($"state: {Cut($"{state}")}\n");
        text.Append($"then one of these would have to follow, the first to return by {when(firstReturn)}\n");
        foreach (var operation in open.Take(MaxOperations))
        {
            var reply = model.Step(state, operations[operation].Input, out _);
            text.Append($"  {Line(operations[operation], when)}");
            if (operations[operation].IsKnown && !EqualityComparer<TOut>.Default.Equals(reply, operations[operation].Output!))
                text.Append($"; the reply would be {Cut($"{reply}")}");
            text.Append('\n');
        }
        if (open.Length > MaxOperations)
            text.Append($"  and {open.Length - MaxOperations} more\n");
        return text.ToString();
    }

    private static string Line<TIn, TOut>(Operation<TIn, TOut> operation, Func<long, string> when) => operation.IsKnown
        ? $"[{when(operation.Call)}, {when(operation.Return)}] {Who(operation.Client)}: {Cut($"{operation.Input}")} gave {Cut(operation.Output is { } reply ? $"{reply}" : "no reply")}"
        : $"[{when(operation.Call)}, …] {Who(operation.Client)}: {Cut($"{operation.Input}")}, outcome unknown";

    private static string Who(int client) => client < 0 ? "the store" : $"client {client}";

    private static string Cut(string text) =>
        text.Length <= MaxTextChars ? text : $"{text.AsSpan(0, MaxTextChars / 2)}…{text.AsSpan(text.Length - (MaxTextChars / 2))}";
}
