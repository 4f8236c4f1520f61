using KvStore.Core.Log;

namespace KvStore.Node.Store;

/// <summary>
/// The store to itself, when the first mutation or acknowledgement waits: it runs behind whatever is queued by then, so that one
/// message carries what all of that brings. Not lost while the store lives.
/// </summary>
internal sealed record Flush : INoSerializationVerificationNeeded
{
    public static readonly Flush Instance = new();
}

/// <summary>The store's timer, ten times a second. A late or lost one only delays what it does.</summary>
internal sealed record Tick : INoSerializationVerificationNeeded
{
    public static readonly Tick Instance = new();
}

/// <summary>The store to itself while it reads its data folder: one step, so that messages in between are answered. Not lost.</summary>
internal sealed record RecoverStep : INoSerializationVerificationNeeded
{
    public static readonly RecoverStep Instance = new();
}

/// <summary>The store's timer while a snapshot is taken: one slice. A late one only delays the snapshot.</summary>
internal sealed record SnapshotStep : INoSerializationVerificationNeeded
{
    public static readonly SnapshotStep Instance = new();
}

/// <summary>The disk to the store: a request that the store had submitted is done, or failed. Not lost while the store lives.</summary>
internal sealed record DiskCompleted(DiskDone Done) : INoSerializationVerificationNeeded;
