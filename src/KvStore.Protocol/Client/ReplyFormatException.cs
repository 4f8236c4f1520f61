namespace KvStore.Protocol.Client;

/// <summary>The other side does not speak RESP, or sent a reply beyond the reader's bounds. The connection is of no more use.</summary>
public sealed class ReplyFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ReplyFormatException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public ReplyFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public ReplyFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
