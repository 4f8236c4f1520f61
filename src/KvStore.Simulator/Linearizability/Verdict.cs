namespace KvStore.Simulator.Linearizability;

/// <summary>What a check came to.</summary>
internal enum Verdict
{
    /// <summary>There is an order of the operations that explains every reply.</summary>
    Linearizable,

    /// <summary>There is none.</summary>
    Violation,

    /// <summary>The bound on the work was reached before either was known.</summary>
    Undecided,
}

/// <summary>The verdict on a history, and what it rests on.</summary>
/// <param name="Verdict">On all of it: a violation of one key counts before one key that is undecided.</param>
/// <param name="Key">The key that decided; empty when all are linearizable.</param>
/// <param name="Explanation">Lines for people, of bounded length; empty when all are linearizable.</param>
/// <param name="Configurations">How many configurations were visited, over all keys: the work that it took.</param>
internal sealed record CheckReport(Verdict Verdict, string Key, string Explanation, long Configurations);
