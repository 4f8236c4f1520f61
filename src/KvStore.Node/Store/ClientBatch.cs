using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;

namespace KvStore.Node.Store;

/// <summary>
/// Everything that one client had sent when its connection was last read: the message by which commands reach the
/// <see cref="StoreActor"/>. A connection has one and uses it again, so a read costs no allocation. Whoever holds it owns it: the
/// connection until it Tells it, the store until <see cref="OnExecuted"/>.
/// </summary>
public abstract class ClientBatch(RequestLimits limits) : INoSerializationVerificationNeeded
{
    /// <summary>The commands, and the replies.</summary>
    public CommandBatch Commands { get; } = new(limits);

    /// <summary>The connection that they came from.</summary>
    public abstract ClientSession Session { get; }

    /// <summary>Called on the store's turn when it gives the batch back. Must not block.</summary>
    /// <param name="status">Where the run ended.</param>
    /// <param name="mayContinue">
    /// Whether what follows may run on this stack. It may when the turn is the disk's, which many batches have waited for: to wake
    /// a thread for each of them costs more than their sends. Else the turn may be another connection's, and it must not.
    /// </param>
    public abstract void OnExecuted(BatchStatus status, bool mayContinue = false);
}
