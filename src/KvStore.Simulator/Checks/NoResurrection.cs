using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// What a replica has once seen replaced, deleted, expired or flushed never comes back to it: neither late, nor twice, nor from a
/// member that was away. Together with the honesty of vectors that holds of the cluster: whoever is told to have seen a deletion is
/// looked at from then on.
/// </summary>
internal sealed class NoResurrection(RunView view) : Invariant(view)
{
    /// <summary>Keys of each table that are looked at in turn, beside those that were just written: chunks bring others too.</summary>
    private const int KeysPerLook = 40;

    private readonly Dictionary<NodeProcess, Memory> _memories = [];
    private readonly SortedSet<int> _written = [];
    private readonly SortedSet<int> _writtenBefore = [];
    private TimeSpan _lookedAt;

    public override string Name => "no resurrection";

    public override void OnAccepted(Written written)
    {
        if (written.Key.Length > 0)
            _written.Add(View.Keys.Of(written.Key).Index);
    }

    public override void AtCheckpoint(Machine machine)
    {
        if (_lookedAt != View.Now)
        {
            // What was written in the last second is still on its way to some.
            _lookedAt = View.Now;
            _writtenBefore.Clear();
            _writtenBefore.UnionWith(_written);
            _written.Clear();
        }
        var memory = MemoryOf(machine);
        if (memory is null)
            return;
        foreach (var key in _writtenBefore)
            Look(machine, memory, key);
        for (var left = Math.Min(KeysPerLook, View.Keys.All.Count); left > 0; left--)
            Look(machine, memory, memory.Next++ % View.Keys.All.Count);
    }

    public override void OnDiscarded(Machine machine) => _memories.Remove(machine.Process!);

    public override void OnEnding(Machine machine)
    {
        LookAtAll(machine);
        _memories.Remove(machine.Process!);
    }

    public override void AtEnd()
    {
        foreach (var machine in View.Cluster.Running)
            LookAtAll(machine);
    }

    private void LookAtAll(Machine machine)
    {
        if (MemoryOf(machine) is not { } memory)
            return;
        for (var key = 0; key < View.Keys.All.Count; key++)
            Look(machine, memory, key);
    }

    // A table that is not complete yet may be begun again.
    private Memory? MemoryOf(Machine machine)
    {
        if (!machine.Process!.Replica!.IsComplete)
        {
            _memories.Remove(machine.Process);
            return null;
        }
        if (!_memories.TryGetValue(machine.Process, out var memory))
            _memories.Add(machine.Process, memory = new Memory());
        return memory;
    }

    private void Look(Machine machine, Memory memory, int index)
    {
        var replica = machine.Process!.Replica!;
        var key = View.Keys.All[index];
        var isThere = NodeInspection.TableOf(replica).TryGet(key.Bytes, out var entry);
        // Where the ledger has missed something, that may be what deleted the key.
        if (!isThere && View.Ledger.Missed > 0)
            return;
        if (memory.Keys.Look(key, entry, isThere, replica.Floor, replica.CollectedClock, View.LatestClockMs) is { } objection)
            Fail($"at {machine} {objection}");
    }

    private sealed class Memory
    {
        public KeyMemory Keys { get; } = new();

        public int Next { get; set; }
    }
}
