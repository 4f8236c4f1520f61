using System.CommandLine;
using KvStore.Simulator.Commands;

var root = new RootCommand("Whole clusters in one thread and in virtual time, from a seed.");
root.Subcommands.Add(RunCommand.Create(TimeProvider.System, static () => Environment.CpuUsage.TotalTime));
root.Subcommands.Add(ReplayCommand.Create());
root.Subcommands.Add(ShrinkCommand.Create());
root.Subcommands.Add(CheckCommand.Create());
return await root.Parse(args).InvokeAsync();
