using System.Collections.Concurrent;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>The connections there are. The gateway adds and removes on its threads; the store reads for CLIENT LIST and INFO.</summary>
public sealed class ClientRegistry
{
    private readonly ConcurrentDictionary<long, ClientSession> _sessions = new();
    private long _received;
    private long _rejected;
    private int _open;

    /// <summary>Connections accepted since the start, rejected ones included.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Connections closed at once because there were too many.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>The sessions, in no order.</summary>
    public IReadOnlyCollection<ClientSession> Sessions => (IReadOnlyCollection<ClientSession>)_sessions.Values;

    /// <summary>Counts a connection in; false when there are <paramref name="max"/> already.</summary>
    public bool TryEnter(int max, out long id)
    {
        id = Interlocked.Increment(ref _received);
        if (Interlocked.Increment(ref _open) <= max)
            return true;
        Interlocked.Decrement(ref _open);
        Interlocked.Increment(ref _rejected);
        return false;
    }

    /// <summary>Lists a session that was counted in.</summary>
    public void Add(ClientSession session) => _sessions[session.Id] = session;

    /// <summary>Counts a connection out, and takes its session off the list.</summary>
    public void Leave(long id)
    {
        _sessions.TryRemove(id, out _);
        Interlocked.Decrement(ref _open);
    }
}
