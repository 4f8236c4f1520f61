namespace KvStore.Simulator.Linearizability;

/// <summary>
/// Checks histories key by key: a history of many keys is linearizable exactly when that of each key is (Herlihy and Wing,
/// Linearizability, 1990), and the work grows with the longest of them, not with their product.
/// </summary>
internal static class Checker
{
    /// <summary>
    /// The default bound on the configurations that are visited for one key. Most keys are decided within a few for each
    /// operation. What needs more has many operations of unknown outcome, each of which is tried in each configuration; the
    /// bound is then a matter of seconds.
    /// </summary>
    public const int DefaultMaxConfigurations = 1 << 18;

    /// <summary>Checks all keys of a history, in their ordinal order, up to the first violation.</summary>
    /// <param name="model">The machine of one key.</param>
    /// <param name="history">What was recorded.</param>
    /// <param name="maxConfigurations">The bound on the work, for each key.</param>
    /// <param name="when">Prints a time of the history in an explanation.</param>
    public static CheckReport Check<TModel, TState, TIn, TOut>(
        TModel model, History<TIn, TOut> history, int maxConfigurations = DefaultMaxConfigurations, Func<long, string>? when = null)
        where TModel : struct, IModel<TState, TIn, TOut>
        where TIn : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConfigurations, 1);
        var configurations = 0L;
        CheckReport? undecided = null;
        foreach (var key in history.Keys)
        {
            var search = new Search<TModel, TState, TIn, TOut>(model, history.Of(key));
            var verdict = search.Run(maxConfigurations);
            configurations += search.Configurations;
            if (verdict == Verdict.Violation)
            {
                var explanation = Explanation.Of<TModel, TState, TIn, TOut>(
                    model, key, search.Operations, search.Longest, when ?? (static at => $"{at}"));
                return new CheckReport(verdict, key, explanation, configurations);
            }
            if (verdict == Verdict.Undecided)
                undecided ??= new CheckReport(verdict, key, $"key {key}: undecided after {maxConfigurations} configurations\n", 0);
        }
        return undecided is null
            ? new CheckReport(Verdict.Linearizable, "", "", configurations)
            : undecided with { Configurations = configurations };
    }
}
