using KvStore.Core.Storage;

namespace KvStore.Core.Replication;

/// <summary>One request under way, and what is asked for behind it: the bound of what a donor has to answer at once.</summary>
internal sealed class SessionLane
{
    /// <summary>Asks for digests; else for entries.</summary>
    public bool IsComparing { get; set; }

    /// <summary>Its partition has been compared, and what the donor's vector shows to be missing here was received, if there was any.</summary>
    public bool IsSecondLook { get; private set; }

    /// <summary>The last look found no more than half of what the one before it had: another may save the list.</summary>
    public bool IsEvening { get; set; }

    /// <summary>What is asked for of the entries.</summary>
    public TransferStep Step { get; private set; }

    /// <summary>The partition that is compared or received; <see cref="DigestRequest.Root"/> for all of them.</summary>
    public int Partition { get; set; }

    public int Last { get; set; }

    public ulong Cursor { get; set; }

    /// <summary>The slots that are asked for. Once sent, a set is not changed.</summary>
    public SlotSet Slots { get; private set; } = SlotSet.All;

    /// <summary>The slots of the partition that differed when they were compared last, without those that are done.</summary>
    public SlotSet Left { get; set; } = SlotSet.All;

    /// <summary>The donor's digests of the partition's slots, as they were compared; of those that were not, anything.</summary>
    public ReadOnlyMemory<UInt128> Digests { get; set; }

    /// <summary>What came to light of suspect slots among those that are received; null where there is none.</summary>
    public SlotRepair? Repair { get; set; }

    /// <summary>The keys, by their hashes, that the list of the current piece shows to be missing or older here.</summary>
    public List<ulong> Wanted { get; } = [];

    /// <summary>The cursor behind the piece that was listed.</summary>
    public ulong Until { get; private set; }

    public long Answer { get; set; }

    public int Part { get; set; }

    public int Attempts { get; set; }

    /// <summary>Its next request waits for <see cref="UntilMs"/>: background sessions take breath.</summary>
    public bool IsPausing { get; set; }

    public long UntilMs { get; set; }

    public void CompareSlots(int partition)
    {
        (IsComparing, Partition, Last, Slots, Left) = (true, partition, partition, SlotSet.All, SlotSet.All);
        (IsSecondLook, IsEvening, Repair) = (false, false, null);
    }

    /// <summary>Compares what is left once more: the stream has evened out most of what was written just now.</summary>
    public void CompareAgain() => (IsComparing, IsSecondLook, Slots) = (true, true, Left);

    public void Receive(int first, int last, SlotSet slots) => Receive(first, last, slots, TransferStep.Everything);

    public void Receive(int first, int last, SlotSet slots, TransferStep step) =>
        (IsComparing, Partition, Last, Slots, Cursor, Step) = (false, first, last, slots, (ulong)first, step);

    /// <summary>The list of a piece is complete, and shows something that is wanted.</summary>
    public void ReceiveWanted(ulong until) => (Step, Until) = (TransferStep.Wanted, until);

    /// <summary>What was wanted of a piece is here.</summary>
    public void ListOn()
    {
        Step = TransferStep.List;
        Wanted.Clear();
    }
}
