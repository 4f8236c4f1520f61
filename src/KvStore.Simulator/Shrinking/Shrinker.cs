using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Shrinking;

/// <summary>
/// Cuts a failing plan down to what is needed for the failure: first the schedule by delta debugging (Zeller and Hildebrandt, 2002),
/// then everything else step by step, until nothing more can go. A plan counts as failing while the same invariant breaks: whether
/// for the same reason, its reader decides.
/// </summary>
/// <param name="run">Runs a plan.</param>
/// <param name="maxRuns">Gives up what could still go after so many.</param>
/// <param name="say">Told of each step that held.</param>
internal sealed class Shrinker(Func<RunPlan, RunResult> run, int maxRuns, Action<string> say)
{
    private string _invariant = "";
    private RunResult _smallest = null!;

    /// <summary>How many plans were run.</summary>
    public int Runs { get; private set; }

    /// <summary>The smallest plan that was found; null when the plan does not fail at all.</summary>
    public RunResult? Shrink(RunPlan plan)
    {
        _smallest = Try(plan);
        if (_smallest.Violation is not { } violation)
            return null;
        _invariant = violation.Invariant;
        DropWhatComesLater();
        var before = -1;
        // What a simpler cluster does may need fewer faults than what the first one did.
        while (before != Runs && Runs < maxRuns)
        {
            before = Runs;
            var isSmaller = MinimizeSchedule();
            foreach (var simplification in Simplification.All)
                isSmaller |= Simplify(simplification);
            if (!isSmaller)
                break;
        }
        return _smallest;
    }

    // What is scheduled behind the violation has nothing to do with it.
    private void DropWhatComesLater()
    {
        var plan = _smallest.Plan;
        var earlier = plan.Schedule.Where(fault => fault.At <= _smallest.Simulated).ToList();
        if (earlier.Count < plan.Schedule.Count)
            Keep(plan with { Schedule = earlier }, "faults behind the violation");
    }

    private bool Simplify(Simplification simplification)
    {
        var isSmaller = false;
        // Smaller steps each time, as long as they hold.
        while (Runs < maxRuns && simplification.Apply(_smallest.Plan) is { } simpler && Keep(simpler, simplification.Name))
            isSmaller = true;
        return isSmaller;
    }

    private bool MinimizeSchedule()
    {
        var count = _smallest.Plan.Schedule.Count;
        var pieces = 2;
        while (_smallest.Plan.Schedule.Count > 0 && Runs < maxRuns)
        {
            var size = (_smallest.Plan.Schedule.Count + pieces - 1) / pieces;
            if (DropPiece(size))
            {
                pieces = Math.Max(pieces - 1, 2);
                continue;
            }
            if (size == 1)
                break;
            pieces *= 2;
        }
        return _smallest.Plan.Schedule.Count < count;
    }

    private bool DropPiece(int size)
    {
        var plan = _smallest.Plan;
        for (var at = 0; at < plan.Schedule.Count && Runs < maxRuns; at += size)
        {
            if (Keep(plan with { Schedule = [.. plan.Schedule.Take(at), .. plan.Schedule.Skip(at + size)] }, "faults"))
                return true;
        }
        return false;
    }

    private bool Keep(RunPlan plan, string what)
    {
        var result = Try(plan);
        if (result.Violation?.Invariant != _invariant)
            return false;
        _smallest = result;
        say($"run {Runs}: fewer {what}; {plan.Schedule.Count} faults, {plan.Nodes} nodes, {plan.Workload.Clients} clients, {result.Simulated.TotalSeconds:F0} s");
        return true;
    }

    private RunResult Try(RunPlan plan)
    {
        Runs++;
        return run(plan);
    }
}
