using System.CommandLine;
using KvStore.Simulator.Linearizability;
using KvStore.Simulator.Linearizability.Files;

namespace KvStore.Simulator.Commands;

/// <summary>
/// <c>check FILE…</c>: says of each file whether the history in it is linearizable, a line each on standard output, and on
/// standard error why not.
/// </summary>
internal static class CheckCommand
{
    /// <summary>All files are linearizable.</summary>
    public const int Linearizable = 0;

    /// <summary>At least one is not.</summary>
    public const int Violation = 1;

    /// <summary>At least one is no history, or can't be read, or none was named; whatever is said of the others.</summary>
    public const int Unreadable = 2;

    /// <summary>None is a violation, but of at least one it isn't known within the bound.</summary>
    public const int Undecided = 3;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        // None is an error of the files, not of the command line, whose exit code says violation.
        var files = new Argument<string[]>("FILE")
        {
            Description = "A Jepsen log of a register, or a history of get, put and append; which one is seen from the content.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var bound = new Option<int>("--max-configurations")
        {
            Description = "Give up on a key after so many.",
            DefaultValueFactory = static _ => Checker.DefaultMaxConfigurations,
            HelpName = "N",
        };
        bound.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var most) && most < 1)
                result.AddError("--max-configurations is at least 1.");
        });
        var command = new Command("check", "Checks that recorded histories are linearizable.") { files, bound };
        command.SetAction(parsed => Run(
            parsed.GetValue(files) ?? [], parsed.GetValue(bound), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string[] files, int maxConfigurations, TextWriter output, TextWriter error)
    {
        if (files.Length == 0)
        {
            error.WriteLine("no FILE to check");
            return Unreadable;
        }
        var codes = new HashSet<int>();
        foreach (var file in files)
            codes.Add(Check(file, maxConfigurations, output, error));
        return Array.Find([Unreadable, Violation, Undecided], codes.Contains);
    }

    private static int Check(string file, int maxConfigurations, TextWriter output, TextWriter error)
    {
        try
        {
            var report = HistoryFile.Check(file, maxConfigurations);
            var (word, code) = report.Verdict switch
            {
                Verdict.Linearizable => ("linearizable", Linearizable),
                Verdict.Violation => ("violation", Violation),
                _ => ("undecided", Undecided),
            };
            output.WriteLine($"{file} {word}");
            error.Write(report.Explanation);
            return code;
        }
        catch (HistoryFormatException e)
        {
            error.WriteLine(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{file}: {e.Message}");
        }
        return Unreadable;
    }
}
