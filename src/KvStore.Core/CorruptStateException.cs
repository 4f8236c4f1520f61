namespace KvStore.Core;

/// <summary>
/// The state contradicts itself: a defect, after which nothing that the replica says can be trusted. Whoever owns the replica lets
/// it go with its process, instead of answering on.
/// </summary>
public sealed class CorruptStateException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CorruptStateException()
    {
    }

    /// <summary>Creates the exception with a sentence that says what contradicts what.</summary>
    public CorruptStateException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public CorruptStateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
