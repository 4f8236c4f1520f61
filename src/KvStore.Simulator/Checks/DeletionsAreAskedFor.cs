using System.Text;
using KvStore.Core.Replication;
using KvStore.Protocol.Commands;
using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>
/// A node deletes a key when a client has it do so, and not otherwise: above all not since the key has expired, for a deletion has
/// a version of its own, and would win over one who has given the key more time. Where memory is limited nodes evict, and nothing is checked.
/// </summary>
internal sealed class DeletionsAreAskedFor(RunView view) : Invariant(view)
{
    private readonly Dictionary<ulong, int> _machines = [];

    // Of each machine, the operations that may be executed yet: those that nobody has answered.
    private readonly Dictionary<int, List<Operation>> _open = [];
    private int _seen;

    public override string Name => "deletions are asked for";

    public override void OnStarted(Machine machine)
    {
        _machines[machine.Process!.StartId] = machine.Index;
        _open[machine.Index] = [];
    }

    public override void OnDiscarded(Machine machine) => _machines[machine.Process!.Replica!.StartId] = machine.Index;

    public override void OnReturned(Operation operation)
    {
        TakeCalls();
        if (operation.Reply is not null)
            _open[operation.Machine].Remove(operation);
    }

    public override void OnAccepted(Written written)
    {
        if (written.Kind != RecordKind.Deleted || View.Plan.Replica.MemoryLimitBytes > 0 || !_machines.TryGetValue(written.Origin, out var machine))
            return;
        TakeCalls();
        if (!_open[machine].Exists(operation => operation.Arguments.Contains(written.Key, StringComparer.Ordinal)))
            Fail($"n{machine + 1} has deleted a key, and nobody has asked for it: {written}");
    }

    private void TakeCalls()
    {
        var all = View.History.Operations;
        for (; _seen < all.Count; _seen++)
        {
            if (CommandTable.Default.Find(Encoding.ASCII.GetBytes(all[_seen].Command.ToUpperInvariant())) is { } spec && spec.Flags.HasFlag(CommandFlags.Write))
                _open[all[_seen].Machine].Add(all[_seen]);
        }
    }
}
