using System.Globalization;

namespace KvStore.Simulator.Commands;

/// <summary>The sum of many runs.</summary>
internal sealed class SweepSummary
{
    /// <summary>Threads that ran them.</summary>
    public int Jobs { get; set; } = 1;

    /// <summary>How long that took, by the wall's clock.</summary>
    public TimeSpan Wall { get; set; }

    /// <summary>What that took of the processor, on a machine that others use too; null where nobody measured it.</summary>
    public TimeSpan? Processor { get; set; }

    /// <summary>How many runs.</summary>
    public long Seeds { get; private set; }

    /// <summary>How many of them broke an invariant.</summary>
    public long Failed { get; private set; }

    /// <summary>Simulated time of all.</summary>
    public TimeSpan Simulated { get; private set; }

    /// <summary>Simulated time of all, times the nodes at the beginning of each.</summary>
    public TimeSpan OfNodes { get; private set; }

    /// <summary>Events of all.</summary>
    public long Events { get; private set; }

    /// <summary>Commands of clients.</summary>
    public long Operations { get; private set; }

    /// <summary>What was hit.</summary>
    public Coverage Coverage { get; } = new();

    /// <summary>Simulated minutes of a cluster for each minute of one core.</summary>
    public double Speed => Simulated / (Wall * Jobs);

    /// <summary>Takes a run into it.</summary>
    public void Add(RunResult result)
    {
        Seeds++;
        Failed += result.Violation is null ? 0 : 1;
        Simulated += result.Simulated;
        OfNodes += result.Simulated * result.Plan.Nodes;
        Events += result.Events;
        Operations += result.Operations;
        Coverage.Add(result.Coverage);
    }

    /// <summary>Prints it.</summary>
    public void Write(TextWriter output)
    {
        var culture = CultureInfo.InvariantCulture;
        output.WriteLine(string.Create(culture, $"seeds       {Seeds}, {Failed} with a violation"));
        output.WriteLine(string.Create(culture, $"simulated   {Simulated.TotalHours:F2} hours of clusters, {OfNodes.TotalHours:F2} of nodes, in {Wall.TotalSeconds:F1} s"));
        output.WriteLine(string.Create(culture, $"speed       {Speed:F0} cluster-minutes a minute and core{(Processor is { } processor ? $" ({Simulated / processor:F0} a minute of processor time)" : "")}, {Events / Wall.TotalSeconds:N0} events a second, {Jobs} {(Jobs == 1 ? "job" : "jobs")}"));
        output.WriteLine(string.Create(culture, $"faults      {Coverage.Faults:N0}, {Coverage.Faults / Wall.TotalSeconds:N1} a second"));
        output.WriteLine(string.Create(culture, $"operations  {Operations:N0}, {Operations / Wall.TotalSeconds:N0} a second: {Coverage.Of("operation Ok"):N0} answered, {Coverage.Of("operation Failed"):N0} refused, {Coverage.Of("operation Unknown"):N0} unknown"));
    }
}
