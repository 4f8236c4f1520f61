using KvStore.Simulator.Linearizability;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>Small histories of one key from a seed: some that happened, some with a reply or an outcome that was tampered with.</summary>
internal static class RandomHistory
{
    /// <summary>
    /// Executes operations on the model, each at an instant between its call and its return, with some of unknown outcome,
    /// executed or not. Then, for a tampered one, replies are exchanged, calls and returns moved or executions forgotten.
    /// </summary>
    public static List<Operation<TIn, TOut>> Of<TModel, TState, TIn, TOut>(
        TModel model, Random random, Func<Random, TIn> input, int count, bool isTampered)
        where TModel : struct, IModel<TState, TIn, TOut>
    {
        var width = random.Next(1, 6);
        var calls = Enumerable.Range(0, count)
            .Select(i => (Input: input(random), Executed: (i * 4) + random.Next(4 * width), Client: i))
            .OrderBy(static call => call.Executed).ToArray();
        var state = model.Initial;
        var operations = new List<Operation<TIn, TOut>>();
        foreach (var call in calls)
        {
            var from = call.Executed - random.Next(2 * width);
            var outcome = random.Next(8) switch { 0 or 1 => Outcome.Unknown, 2 => Outcome.Failed, _ => Outcome.Ok };
            var reply = default(TOut);
            if (outcome == Outcome.Ok || (outcome == Outcome.Unknown && random.Next(2) == 0))
                reply = model.Step(state, call.Input, out state);
            operations.Add(outcome == Outcome.Ok
                ? new(call.Client, call.Input, reply, from, call.Executed + random.Next(2 * width), outcome)
                : new(call.Client, call.Input, default, from, Operation<TIn, TOut>.Never, outcome));
        }
        if (isTampered)
            Tamper(operations, random);
        // The order in which they are given says nothing.
        return [.. operations.OrderBy(_ => random.Next())];
    }

    private static void Tamper<TIn, TOut>(List<Operation<TIn, TOut>> operations, Random random)
    {
        var known = Enumerable.Range(0, operations.Count).Where(i => operations[i].IsKnown).ToArray();
        if (known.Length < 2)
            return;
        for (var changes = random.Next(1, 3); changes > 0; changes--)
        {
            var (one, other) = (known[random.Next(known.Length)], known[random.Next(known.Length)]);
            var at = operations[other];
            operations[one] = random.Next(2) == 0
                ? operations[one] with { Output = at.Output }
                : operations[one] with { Call = at.Call, Return = at.Return };
        }
    }
}
