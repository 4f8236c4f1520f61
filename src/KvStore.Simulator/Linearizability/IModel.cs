namespace KvStore.Simulator.Linearizability;

/// <summary>
/// What one client alone would see: a deterministic machine for the state of one key. Made a struct, so that the search is
/// compiled for it. States, inputs and outputs are immutable and compared by value; their <c>ToString</c> is what reports show.
/// </summary>
/// <typeparam name="TState">All that later answers depend on.</typeparam>
/// <typeparam name="TIn">A command with its arguments.</typeparam>
/// <typeparam name="TOut">A reply.</typeparam>
internal interface IModel<TState, TIn, TOut>
{
    /// <summary>The state before the first operation.</summary>
    TState Initial { get; }

    /// <summary>Takes <paramref name="input"/> in <paramref name="state"/>; returns the one reply that is right then.</summary>
    TOut Step(TState state, TIn input, out TState next);

    /// <summary>
    /// True when an operation that gave this reply cannot have changed the state, whatever that was: a read, a refused
    /// compare-and-set. The search then places it as soon as it fits and never looks back; false is always right, and slower.
    /// </summary>
    bool IsObservation(TIn input, TOut output);
}
