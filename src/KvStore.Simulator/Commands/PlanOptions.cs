using System.CommandLine;
using System.Globalization;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Network;

namespace KvStore.Simulator.Commands;

/// <summary>Options that stand over what a seed draws: to look at one size of cluster, or to measure.</summary>
internal sealed class PlanOptions
{
    private readonly Option<int?> _nodes = new("--nodes") { Description = "So many nodes, whatever the seed draws.", HelpName = "N" };
    private readonly Option<int?> _clients = new("--clients") { Description = "So many clients, whatever the seed draws.", HelpName = "N" };
    private readonly Option<int?> _think = new("--think-ms") { Description = "What a client waits between operations, on average.", HelpName = "MS" };
    private readonly Option<bool> _calm = new("--calm") { Description = "No faults: sound networks, disks and clocks, and no schedule." };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        AtLeastOne(_nodes);
        AtLeastOne(_clients);
        AtLeastOne(_think);
        command.Options.Add(_nodes);
        command.Options.Add(_clients);
        command.Options.Add(_think);
        command.Options.Add(_calm);
    }

    /// <summary>The plan of a seed, with what was asked for.</summary>
    public RunPlan Draw(ParseResult parsed, long seed)
    {
        var plan = PlanDrawer.Draw(seed);
        if (parsed.GetValue(_nodes) is { } nodes)
            plan = plan with { Nodes = nodes, Skews = [.. plan.Skews.Take(nodes), .. Enumerable.Repeat(TimeSpan.Zero, Math.Max(nodes - plan.Skews.Count, 0))] };
        if (parsed.GetValue(_clients) is { } clients)
            plan = plan with { Workload = plan.Workload with { Clients = clients } };
        if (parsed.GetValue(_think) is { } think)
            plan = plan with { Workload = plan.Workload with { Think = TimeSpan.FromMilliseconds(think) } };
        if (parsed.GetValue(_calm))
            plan = plan with { Links = LinkFaults.None, Disks = DiskFaults.None, Schedule = [], Skews = [.. plan.Skews.Select(static _ => TimeSpan.Zero)] };
        return plan;
    }

    /// <summary>What has to be said with a seed to have the same plan again.</summary>
    public string Arguments(ParseResult parsed)
    {
        var arguments = new List<string>();
        foreach (var option in (Option<int?>[])[_nodes, _clients, _think])
        {
            if (parsed.GetValue(option) is { } value)
                arguments.Add(string.Create(CultureInfo.InvariantCulture, $" {option.Name} {value}"));
        }
        if (parsed.GetValue(_calm))
            arguments.Add($" {_calm.Name}");
        return string.Concat(arguments);
    }

    private static void AtLeastOne(Option<int?> option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var value) && value < 1)
            result.AddError($"{option.Name} is at least 1.");
    });
}
