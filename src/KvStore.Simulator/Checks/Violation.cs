namespace KvStore.Simulator.Checks;

/// <summary>What did not hold.</summary>
/// <param name="Invariant">The name of the invariant.</param>
/// <param name="Message">What was found in its place.</param>
internal sealed record Violation(string Invariant, string Message);

/// <summary>Ends a run at the first violation: whatever comes later may follow from it.</summary>
internal sealed class InvariantViolationException : Exception
{
    public InvariantViolationException()
        : this(new Violation("unknown", ""))
    {
    }

    public InvariantViolationException(string message)
        : this(new Violation("unknown", message))
    {
    }

    public InvariantViolationException(string message, Exception innerException)
        : base(message, innerException) => Violation = new Violation("unknown", message);

    public InvariantViolationException(Violation violation)
        : base($"{violation.Invariant}: {violation.Message}") => Violation = violation;

    public Violation Violation { get; }
}
