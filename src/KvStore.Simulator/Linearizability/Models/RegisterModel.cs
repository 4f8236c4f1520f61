namespace KvStore.Simulator.Linearizability.Models;

/// <summary>What can be asked of a register.</summary>
internal enum RegisterVerb
{
    /// <summary>Its value.</summary>
    Read,

    /// <summary>To hold a value.</summary>
    Write,

    /// <summary>To hold a value if it holds another.</summary>
    CompareAndSet,
}

/// <summary>A call to a register.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Value">The value to hold; 0 for a read.</param>
/// <param name="Expected">The value to be replaced; 0 unless it is a compare-and-set.</param>
internal readonly record struct RegisterCall(RegisterVerb Verb, long Value = 0, long Expected = 0)
{
    /// <inheritdoc/>
    public override string ToString() => Verb switch
    {
        RegisterVerb.Read => "read",
        RegisterVerb.Write => $"write {Value}",
        _ => $"cas {Expected} {Value}",
    };
}

/// <summary>A register's reply.</summary>
/// <param name="IsDone">False for a compare-and-set that found another value.</param>
/// <param name="Value">What the register holds now, as found or as written; null when nothing was ever written, and when refused.</param>
internal readonly record struct RegisterReply(bool IsDone, long? Value = null)
{
    /// <inheritdoc/>
    public override string ToString() => !IsDone ? "refused" : Value is { } value ? $"{value}" : "nil";
}

/// <summary>A register that holds nothing at first, and then one integer.</summary>
internal readonly struct RegisterModel : IModel<long?, RegisterCall, RegisterReply>
{
    /// <inheritdoc/>
    public long? Initial => null;

    /// <inheritdoc/>
    public RegisterReply Step(long? state, RegisterCall input, out long? next)
    {
        var isDone = input.Verb != RegisterVerb.CompareAndSet || state == input.Expected;
        next = input.Verb == RegisterVerb.Read || !isDone ? state : input.Value;
        return new RegisterReply(isDone, isDone ? next : null);
    }

    /// <inheritdoc/>
    public bool IsObservation(RegisterCall input, RegisterReply output) => input.Verb == RegisterVerb.Read || !output.IsDone;
}
