using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// What a machine stamps is above all that it stamped before, over restarts, power cuts and clocks that were set back: of two writes at one
/// node, one after the other, the later wins everywhere. A folder remembers how far its node may have come; without one, or on a new
/// disk, nobody does.
/// </summary>
internal sealed class StampsGrow(RunView view) : Invariant(view)
{
    private readonly Dictionary<ulong, Machine> _machines = [];
    private readonly Dictionary<(int Machine, ulong Store), Written> _last = [];

    public override string Name => "stamps grow";

    public override void OnStarted(Machine machine) => _machines[machine.Process!.StartId] = machine;

    public override void OnDiscarded(Machine machine) => _machines[machine.Process!.Replica!.StartId] = machine;

    public override void OnAccepted(Written written)
    {
        if (!_machines.TryGetValue(written.Origin, out var machine) || machine.Disk is null || machine.IsDamaged || machine.Process!.Replica is not { } replica)
            return;
        var key = (machine.Index, replica.Store);
        var isFirst = !_last.TryGetValue(key, out var before);
        // The ledger may come by a mutation later than by those behind it.
        if (!isFirst && before!.Origin == written.Origin && written.Number < before.Number)
            return;
        if (!isFirst && written.Version.Clock <= before!.Version.Clock)
            Fail($"{machine} stamps {written} after {before}");
        _last[key] = written;
    }
}
