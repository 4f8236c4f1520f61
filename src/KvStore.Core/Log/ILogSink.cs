namespace KvStore.Core.Log;

/// <summary>What a recovery fills: the replica.</summary>
public interface ILogSink
{
    /// <summary>Takes the next item, in the order in which they were written. It may keep what the item points to.</summary>
    void Apply(LogItem item);
}
