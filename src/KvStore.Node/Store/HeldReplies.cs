using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>
/// Batches that were executed and whose replies may not leave yet, since what they say is not on disk. At most one for each
/// connection, so the gateway's limit of clients bounds it. Writes are counted from 1, and happen and complete in that order.
/// </summary>
internal sealed class HeldReplies
{
    private readonly Queue<(long Write, ClientBatch Batch, BatchStatus Status)> _held = new();

    /// <summary>How many.</summary>
    public int Count => _held.Count;

    /// <summary>Keeps a batch until <see cref="Release"/> is told of that write.</summary>
    public void Hold(long write, ClientBatch batch, BatchStatus status) => _held.Enqueue((write, batch, status));

    /// <summary>Gives back what waited for writes up to this one.</summary>
    public void Release(long write)
    {
        while (_held.TryPeek(out var first) && first.Write <= write)
        {
            _held.Dequeue();
            first.Batch.OnExecuted(first.Status);
        }
    }

    /// <summary>
    /// Gives everything back with an error in place of its replies, and closes the connections: what was executed may or may not outlive
    /// this process, and the client shall know.
    /// </summary>
    public void Abandon(string error)
    {
        while (_held.TryDequeue(out var held))
        {
            held.Batch.Commands.Abandon(error);
            held.Batch.OnExecuted(BatchStatus.Close);
        }
    }
}
