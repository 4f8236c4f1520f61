using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>
/// Batches that were executed and whose replies may not leave yet, since what they say is not on disk. At most one for each
/// connection, so the gateway's limit of clients bounds it. What they wait for is counted in items of the log.
/// </summary>
internal sealed class HeldReplies
{
    private readonly Queue<(long Items, ClientBatch Batch, BatchStatus Status)> _held = new();

    /// <summary>How many.</summary>
    public int Count => _held.Count;

    /// <summary>Keeps a batch until <see cref="Release"/> is told of so many items.</summary>
    public void Hold(long items, ClientBatch batch, BatchStatus status) => _held.Enqueue((items, batch, status));

    /// <summary>Gives back what waited for no more than so many items.</summary>
    /// <param name="items">So many.</param>
    /// <param name="mayContinue">As in <see cref="ClientBatch.OnExecuted"/>.</param>
    public void Release(long items, bool mayContinue)
    {
        while (_held.TryPeek(out var first) && first.Items <= items)
        {
            _held.Dequeue();
            first.Batch.OnExecuted(first.Status, mayContinue);
        }
    }

    /// <summary>
    /// Gives everything back with an error in place of its replies, and closes the connections: what was executed may or may not outlive
    /// this process, and the client shall know.
    /// </summary>
    /// <param name="error">The error.</param>
    /// <param name="keepsReads">Whoever only read gets the replies.</param>
    public void Abandon(string error, bool keepsReads)
    {
        while (_held.TryDequeue(out var held))
        {
            if (keepsReads && !held.Batch.Commands.HasWrites)
            {
                held.Batch.OnExecuted(held.Status);
                continue;
            }
            held.Batch.Commands.Abandon(error);
            held.Batch.OnExecuted(BatchStatus.Close);
        }
    }
}
