using KvStore.Simulator.Linearizability;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>The definition, with nothing clever about it: tries all orders. For histories of a few operations.</summary>
internal static class BruteForce
{
    public static bool IsLinearizable<TModel, TState, TIn, TOut>(TModel model, IEnumerable<Operation<TIn, TOut>> operations)
        where TModel : struct, IModel<TState, TIn, TOut> =>
        CanFinish<TModel, TState, TIn, TOut>(model, model.Initial, [.. operations.Where(static o => o.Outcome != Outcome.Failed)]);

    private static bool CanFinish<TModel, TState, TIn, TOut>(TModel model, TState state, List<Operation<TIn, TOut>> left)
        where TModel : struct, IModel<TState, TIn, TOut>
    {
        if (left.TrueForAll(static o => o.Outcome == Outcome.Unknown))
            return true;
        foreach (var next in left)
        {
            if (left.Exists(other => other.Outcome == Outcome.Ok && other.Return < next.Call))
                continue;
            var reply = model.Step(state, next.Input, out var after);
            if (next.Outcome == Outcome.Ok && !Equals(reply, next.Output))
                continue;
            if (CanFinish<TModel, TState, TIn, TOut>(model, after, [.. left.Where(o => !ReferenceEquals(o, next))]))
                return true;
        }
        return false;
    }
}
