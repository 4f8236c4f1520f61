using System.CommandLine;

var root = new RootCommand("Whole clusters in one thread and in virtual time, from a seed.");
return await root.Parse(args).InvokeAsync();
