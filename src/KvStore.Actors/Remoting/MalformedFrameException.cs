namespace KvStore.Actors.Remoting;

/// <summary>
/// Bytes from another node that do not mean anything: the connection that brought them is closed and the event counted. Reading
/// whatever bytes throws this and nothing else.
/// </summary>
internal sealed class MalformedFrameException : Exception
{
    public MalformedFrameException()
    {
    }

    public MalformedFrameException(string message)
        : base(message)
    {
    }

    public MalformedFrameException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
