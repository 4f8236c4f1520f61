using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <summary>
/// The suspect slots of one partition while a donor's entries of them come: what the donor has is what should be here, except for
/// what it can't have yet.
/// </summary>
/// <param name="held">What the donor held before it read the first of these entries.</param>
internal sealed class SlotRepair(OriginVector held)
{
    /// <summary>What the donor held, and therefore must show where it is the newest of its key.</summary>
    public OriginVector Held { get; } = held;

    /// <summary>The slots that are being repaired.</summary>
    public SlotSet Slots { get; } = new();

    /// <summary>Those of them in which something is left that the donor's table does not decide.</summary>
    public SlotSet InDoubt { get; } = new();

    /// <summary>The hashes of the keys that the donor has shown.</summary>
    public HashSet<ulong> Shown { get; } = [];
}
