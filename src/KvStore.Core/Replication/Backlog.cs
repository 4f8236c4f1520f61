namespace KvStore.Core.Replication;

/// <summary>
/// The latest mutations of every origin, this one's own and those received, from which gaps are refilled: also those of an
/// origin that is gone. Bounded in bytes over all origins; what came first goes first.
/// </summary>
public sealed class Backlog(long maxBytes)
{
    /// <summary>What a message costs beside its records, roughly: the objects that hold it.</summary>
    private const int MessageOverheadBytes = 160;

    private readonly Dictionary<ulong, Queue<Mutations>> _origins = [];
    private readonly Queue<ulong> _order = new();

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>What a message takes, in bytes: small ones cost more than their records.</summary>
    public static int Cost(Mutations message) => message.Records.Length + MessageOverheadBytes;

    /// <summary>Keeps a message.</summary>
    public void Add(Mutations message)
    {
        if (!_origins.TryGetValue(message.Origin, out var kept))
            _origins.Add(message.Origin, kept = new Queue<Mutations>());
        kept.Enqueue(message);
        _order.Enqueue(message.Origin);
        Bytes += Cost(message);
        while (Bytes > maxBytes && _order.TryDequeue(out var origin))
        {
            Bytes -= Cost(_origins[origin].Dequeue());
            if (_origins[origin].Count == 0)
                _origins.Remove(origin);
        }
    }

    /// <summary>The kept messages from the one that holds <paramref name="from"/> on, up to the first that is not kept.</summary>
    /// <remarks>Received messages may lie out of order where a refill came behind what followed the gap.</remarks>
    public IEnumerable<Mutations> From(ulong origin, long from)
    {
        if (!_origins.TryGetValue(origin, out var kept))
            yield break;
        foreach (var message in kept)
        {
            if (message.First > from || message.Last < from)
                continue;
            yield return message;
            from = message.Last + 1;
        }
    }
}
