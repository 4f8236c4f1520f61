using KvStore.Core.Log;

namespace KvStore.Core.Replication;

/// <content>What must outlive the process: collected as it happens, and written at the next flush, before what promises it.</content>
public sealed partial class Replica
{
    private readonly List<LogItem> _unwritten = [];

    /// <summary>Has the item written with the next flush, behind those that came before.</summary>
    private void Persist(LogItem item)
    {
        if (_settings.Durable)
            _unwritten.Add(item);
    }

    private void PersistNow(LogItem item)
    {
        PersistUnwritten();
        if (_settings.Durable)
            Outbox.Persist(item);
    }

    private void PersistUnwritten()
    {
        foreach (var item in _unwritten)
            Outbox.Persist(item);
        _unwritten.Clear();
    }
}
