namespace KvStore.Node.Disk;

/// <summary>A data folder can't be used. The message is a sentence for the operator; the node does not start.</summary>
public sealed class DataFolderException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DataFolderException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public DataFolderException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public DataFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
