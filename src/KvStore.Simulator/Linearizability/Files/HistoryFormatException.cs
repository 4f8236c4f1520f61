namespace KvStore.Simulator.Linearizability.Files;

/// <summary>A file is no history, or one that contradicts itself. The message names the file and the line.</summary>
internal sealed class HistoryFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    public HistoryFormatException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public HistoryFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public HistoryFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file, as it was named.</param>
    /// <param name="line">Which line, from 1.</param>
    /// <param name="what">What is wrong there, as a clause.</param>
    public HistoryFormatException(string file, long line, string what)
        : base($"{file}, line {line}: {what}")
    {
    }
}
