using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Log;

/// <summary>One thing that a replica wants remembered: the unit of the log and of snapshots. Replaying one twice is harmless.</summary>
public abstract record LogItem;

/// <summary>Mutations that were applied: this origin's own, or received.</summary>
public sealed record MutationsItem(Mutations Message) : LogItem;

/// <summary>Entries that were merged outside of the numbered stream.</summary>
/// <param name="Count">How many.</param>
/// <param name="Records">As many <see cref="EntryRecord"/>s with their start ids.</param>
public sealed record EntriesItem(int Count, ReadOnlyMemory<byte> Records) : LogItem;

/// <summary>The floor was raised outside of the numbered stream.</summary>
public sealed record FloorItem(VersionStamp Floor) : LogItem;

/// <summary>Everything that the vector covers is held; logged behind the data.</summary>
public sealed record CoveredItem(OriginVector Vector) : LogItem;

/// <summary>No version is stamped above this clock before this item is synced, and a later start begins above it.</summary>
public sealed record CeilingItem(ulong Clock) : LogItem;

/// <summary>Everything before is void: the replica has discarded its state.</summary>
public sealed record ResetItem : LogItem;

/// <summary>The table is complete from here on: after a restart it may serve.</summary>
public sealed record ReadyItem : LogItem;

/// <summary>Tombstones up to <paramref name="Clock"/> are collected; every replica of the registry had synced the vector.</summary>
public sealed record CollectedItem(OriginVector Vector, ulong Clock) : LogItem;

/// <summary>The replica registry, as <see cref="Replica"/> encodes it.</summary>
public sealed record RegistryItem(ReadOnlyMemory<byte> State) : LogItem;
