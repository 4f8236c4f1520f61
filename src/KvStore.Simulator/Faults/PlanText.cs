using System.Globalization;
using KvStore.Core.Replication;
using KvStore.Node;

namespace KvStore.Simulator.Faults;

/// <summary>A plan for a reader: nodes, settings, ranges, and the schedule, a line each.</summary>
internal static class PlanText
{
    /// <summary>Prints it.</summary>
    public static void Write(RunPlan plan, TextWriter output)
    {
        foreach (var (name, what) in Lines(plan))
            output.WriteLine($"{name,-12}{what}");
        output.WriteLine(plan.Schedule.Count == 0 ? "no faults" : $"{Count(plan.Schedule.Count, "fault")}:");
        foreach (var fault in plan.Schedule)
            output.WriteLine(Invariant($"{fault.At.TotalSeconds,11:F6}  {FaultText.Of(fault, fault.Machine % plan.Nodes, fault.Other % plan.Nodes)}"));
        if (plan.Schedule.Any(static f => f.Kind == FaultKind.Join))
            output.WriteLine("             (machines that join are counted with the others from then on: who is meant then, the trace says)");
    }

    private static IEnumerable<(string Name, string What)> Lines(RunPlan plan)
    {
        yield return ("seed", Invariant($"{plan.Seed}"));
        yield return ("nodes", Invariant($"{plan.Nodes}, clocks ahead by {string.Join(' ', plan.Skews.Select(static s => Invariant($"{s.TotalMilliseconds}")))} ms, faults for {plan.Faulty.TotalSeconds:0.###} s, a split decided after {plan.StableAfter.TotalSeconds} s"));
        yield return ("network", Network(plan.Links));
        yield return ("log", plan.Durability is { } log ? Log(log) : "none: all in memory");
        if (plan.Durability is not null)
            yield return ("disks", Invariant($"a request takes up to {plan.Disks.MaxLatency.TotalMilliseconds} ms, {plan.Disks.StallProbability:P1} stall; a power cut loses one of [{string.Join(' ', plan.Disks.Losses)}]"));
        yield return ("replicas", Replica(plan.Replica));
        yield return ("clients", Clients(plan.Workload));
    }

    private static string Network(Network.LinkFaults links) =>
        Invariant($"{links.MinDelay.TotalMilliseconds} ms and {links.MeanDelay.TotalMilliseconds} ms on average more, {links.Loss:P1} lost, {links.Duplication:P0} of the store's twice, {links.Reordering:P0} out of order");

    private static string Log(DurabilitySettings log) =>
        Invariant($"synced {log.Fsync}{(log.Fsync == FsyncPolicy.Interval ? $" of {log.FsyncInterval.TotalMilliseconds} ms" : "")}, segments of {log.SegmentBytes >> 10} kB, a snapshot after {log.SnapshotAfterBytes >> 10} kB");

    private static string Replica(ReplicaSettings replica) =>
        Invariant($"messages of {replica.MessageBytes} bytes, backlog {replica.BacklogBytes}, refills {replica.RefillBytes}, silence {replica.SilenceMs} ms, time-out {replica.RequestTimeoutMs} ms, compare every {replica.AntiEntropyIntervalMs} ms, pause {replica.RepairPauseMs} ms, window {replica.TransferWindow}");

    private static string Clients(WorkloadPlan load) =>
        Invariant($"{load.Clients}{(load.OneNode ? " of one node" : "")}, {load.Keys} keys, {load.Think.TotalMilliseconds} ms between operations, values up to {load.MaxValueBytes} bytes, patience {load.Patience.TotalMilliseconds} ms, {(load.FlushRarity == 0 ? "no FLUSHALL" : $"one write in {load.FlushRarity} a FLUSHALL")}");

    private static string Count(int count, string noun) => Invariant($"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
