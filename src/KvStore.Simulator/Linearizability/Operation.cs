namespace KvStore.Simulator.Linearizability;

/// <summary>
/// One operation on one key. Two operations are ordered where one returned before the other was called; all others are
/// concurrent, those with the same time included.
/// </summary>
/// <param name="Client">Who called, negative for the store itself; for the reader of a report only.</param>
/// <param name="Input">What was asked for.</param>
/// <param name="Output">What was answered; of no meaning unless the outcome is <see cref="Outcome.Ok"/>.</param>
/// <param name="Call">When it was called, in the unit of the history: a line of a file, or the position in a recording.</param>
/// <param name="Return">When it was answered, not before the call; <see cref="Never"/> unless the outcome is <see cref="Outcome.Ok"/>.</param>
/// <param name="Outcome">What is known of it.</param>
internal sealed record Operation<TIn, TOut>(int Client, TIn Input, TOut? Output, long Call, long Return, Outcome Outcome)
{
    /// <summary>The return of what nobody knows the end of.</summary>
    public const long Never = long.MaxValue;

    /// <summary>True when any order must hold it.</summary>
    public bool IsKnown => Outcome == Outcome.Ok;
}
