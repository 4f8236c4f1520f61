using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Faults;

/// <content>Who can't talk to whom.</content>
internal sealed partial class FaultInjector
{
    private bool Divide(Fault fault, Machine machine, Machine other)
    {
        var cut = new List<(string From, string To)>();
        foreach (var from in cluster.Machines)
        {
            foreach (var to in cluster.Machines)
            {
                if (from != to && IsCut(fault, machine, other, from, to))
                    cut.Add((from.Name, to.Name));
            }
        }
        if (fault.Kind == FaultKind.Clog)
        {
            foreach (var (from, to) in cut)
                cluster.Network.Clog(from, to, queue.Now + Rest(fault));
            return cut.Count > 0;
        }
        foreach (var (from, to) in cut)
            cluster.Network.Cut(from, to);
        queue.After(fault.Duration, () =>
        {
            foreach (var (from, to) in cut)
                cluster.Network.Mend(from, to);
        });
        return cut.Count > 0;
    }

    private static bool IsCut(Fault fault, Machine machine, Machine other, Machine from, Machine to) => fault.Kind switch
    {
        FaultKind.Isolate => from == machine || to == machine,
        FaultKind.Halves => Side(fault, from) != Side(fault, to),
        FaultKind.Bridge => from != machine && to != machine && Side(fault, from) != Side(fault, to),
        FaultKind.OneWay or FaultKind.Clog => from == machine && to == other,
        _ => false,
    };

    private static int Side(Fault fault, Machine machine) => (fault.Value >> machine.Index) & 1;
}
