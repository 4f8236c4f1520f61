using System.Diagnostics;
using System.Globalization;

namespace KvStore.Simulator.Tests.Mutants;

/// <summary>What has to find a deliberate bug, as a line of its file says, in a build that has it.</summary>
internal abstract record MutantSearch
{
    private const string OutOfSight = "Seeds: out of sight: ";
    private const string ChaosTest = "KvStore.Core.Tests.Replication.ChaosTests.Once_faults_stop_all_replicas_serve_the_same_and_fall_silent";

    private MutantSearch()
    {
    }

    /// <summary>What the output says of a bug that was found.</summary>
    public abstract string Sign { get; }

    /// <summary>Whether every <c>dotnet test</c> has the time for it.</summary>
    public virtual bool IsQuick => false;

    /// <summary>Reads what a mutant's file says; null for one that is known to be out of sight of everything.</summary>
    public static MutantSearch? Read(IEnumerable<string> comments)
    {
        var stated = comments.Select(static l => l[2..]).Single(static l => Value(l, "Seeds") is not null || Value(l, "Chaos") is not null || Value(l, "Story") is not null);
        if (stated.StartsWith(OutOfSight, StringComparison.Ordinal))
            return null;
        if (Value(stated, "Story") is { } test)
            return new Story(test);
        return Value(stated, "Chaos") is { } chaos ? new Chaos(Number(chaos)) : new Clusters(Number(Value(stated, "Seeds")!));
    }

    /// <summary>How it is run; the process exits with 1 when the bug was found.</summary>
    public abstract ProcessStartInfo Start();

    private static string? Value(string line, string name) =>
        line.StartsWith(name + ": ", StringComparison.Ordinal) ? line[(name.Length + 2)..] : null;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // A test's full name begins with its project.
    private static ProcessStartInfo TestRun(string test)
    {
        var project = string.Join('.', test.Split('.').Take(3));
        return new ProcessStartInfo(
            "dotnet",
            ["vstest", Path.Combine(Mutant.Root, "tests", project, "bin/mutants/net10.0", project + ".dll"), $"--TestCaseFilter:FullyQualifiedName={test}"]);
    }

    /// <summary>Whole clusters, from seed 1 on.</summary>
    internal sealed record Clusters(int Seeds) : MutantSearch
    {
        private const int QuickSeeds = 2;

        public override string Sign => "kv-sim replay";

        public override bool IsQuick => Seeds <= QuickSeeds;

        public override ProcessStartInfo Start() =>
            new("dotnet", [Mutant.Simulator, "run", "--from", "1", "--seeds", Seeds.ToString(CultureInfo.InvariantCulture), "--stop"]);
    }

    /// <summary>The replicas' own chaos, from seed 1 on.</summary>
    internal sealed record Chaos(int Seeds) : MutantSearch
    {
        public override string Sign => $"Failed {ChaosTest}";

        public override ProcessStartInfo Start()
        {
            var start = TestRun(ChaosTest);
            start.Environment["KV_CHAOS_FIRST"] = "1";
            start.Environment["KV_CHAOS_SEEDS"] = Seeds.ToString(CultureInfo.InvariantCulture);
            start.Environment["KV_CHAOS_STOP"] = "1";
            return start;
        }
    }

    /// <summary>One test that plays exactly what it takes.</summary>
    internal sealed record Story(string Test) : MutantSearch
    {
        public override string Sign => $"Failed {Test}";

        public override ProcessStartInfo Start() => TestRun(Test);
    }
}
