namespace KvStore.Actors.Remoting;

/// <summary>
/// Marks what the engine's own actors say to those of other nodes. It goes on the control lane, and its loss is nothing
/// to log: all of it is repeated.
/// </summary>
internal interface IControlMessage : IDeadLetterSuppression;

/// <summary>Remoting could not begin. <see cref="Exception.InnerException"/> has what the operating system said.</summary>
public sealed class RemoteTransportException : AkkaException
{
    /// <summary>Creates the exception.</summary>
    public RemoteTransportException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
