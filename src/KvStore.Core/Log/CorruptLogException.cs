namespace KvStore.Core.Log;

/// <summary>
/// The files of a data folder are not what this replica wrote and synced: bytes were damaged, files are missing or belong to
/// another. Nothing was changed; the start stops, since to go on would lose acknowledged writes without a word.
/// </summary>
public sealed class CorruptLogException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CorruptLogException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public CorruptLogException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public CorruptLogException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="offset">Where in it, in bytes.</param>
    /// <param name="what">What is wrong there, as a clause.</param>
    /// <param name="advice">What the operator can do, in sentences.</param>
    public CorruptLogException(string file, long offset, string what, string advice)
        : base($"{file}, offset {offset}: {what}. {advice}")
    {
        File = file;
        Offset = offset;
        What = what;
    }

    /// <summary>Name of the file.</summary>
    public string File { get; } = "";

    /// <summary>Where in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>What is wrong there, as a clause.</summary>
    public string What { get; } = "";
}
