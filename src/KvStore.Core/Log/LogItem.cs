using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Log;

/// <summary>
/// One thing that the log or a snapshot remembers. Each is idempotent, and applying them in the order of the log, any prefix
/// and any repetition included, gives a state that the replica was in or could have been in.
/// </summary>
public abstract record LogItem;

/// <summary>Mutations of an origin, one's own or another's, as they were applied.</summary>
public sealed record MutationsItem(Mutations Message) : LogItem;

/// <summary>Entries outside the numbered stream: of a transfer, a repair, or a snapshot's slice.</summary>
/// <param name="Count">How many.</param>
/// <param name="Records">As many <see cref="EntryRecord"/>s with their start ids (written for origin 0).</param>
public sealed record EntriesItem(int Count, ReadOnlyMemory<byte> Records) : LogItem;

/// <summary>The floor is at least this.</summary>
public sealed record FloorItem(VersionStamp Floor) : LogItem;

/// <summary>What is before this item dominates everything the vector covers: applied = max(applied, vector).</summary>
public sealed record CoveredItem(OriginVector Vector) : LogItem;

/// <summary>What is before this item holds mutations of an origin that lie beyond a gap, where no vector reaches.</summary>
/// <param name="Origin">The origin.</param>
/// <param name="First">Number of the first.</param>
/// <param name="Last">Number of the last.</param>
/// <param name="Clock">The clock of the last one's version.</param>
public sealed record BeyondItem(ulong Origin, long First, long Last, ulong Clock) : LogItem;

/// <summary>No clock above this has been stamped before a greater ceiling was synced.</summary>
public sealed record CeilingItem(ulong Clock) : LogItem;

/// <summary>Everything before is void: the replica discarded its state.</summary>
public sealed record ResetItem : LogItem;

/// <summary>As which store the data goes on from here.</summary>
/// <param name="Store">The identity of the data.</param>
/// <param name="GivesUp">
/// The contents before were given up: a start neither serves them, nor claims anything of them, nor registers as the store that had them.
/// False in a snapshot, whose claims are those of the store.
/// </param>
public sealed record IdentityItem(ulong Store, bool GivesUp) : LogItem;

/// <summary>The table is complete from here on: the replica had loaded.</summary>
public sealed record ReadyItem : LogItem;

/// <summary>
/// A table that is not complete yet comes from here on, of replicas that had collected this: where a start finds that they have
/// collected no more, it goes on with what it has.
/// </summary>
public sealed record LoadingItem(OriginVector Collected, ulong Clock) : LogItem;

/// <summary>Tombstones up to the clock may have been collected; every replica had synced the vector.</summary>
public sealed record CollectedItem(OriginVector Vector, ulong Clock) : LogItem;

/// <summary>The state of the replica registry, whose own codec knows what the bytes mean.</summary>
public sealed record RegistryItem(ReadOnlyMemory<byte> State) : LogItem;
