using System.CommandLine;
using System.Globalization;
using KvStore.Simulator.Checks;
using KvStore.Simulator.Commands;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Tests.Commands;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_plan_is_printed_without_being_run()
    {
        var (code, output, _) = await Run("replay", "1", "--plan");
        code.ShouldBe(0);
        output.ShouldStartWith("seed        1\nnodes       ");
        output.ShouldNotContain("hash");
    }

    [Fact]
    public async Task What_shrink_writes_is_replayed_as_a_script()
    {
        var shrunk = await Run("shrink", "7", "--out", _file);
        shrunk.Code.ShouldBe(0);
        shrunk.Output.ShouldEndWith($"always: as the test says\nkv-sim replay --plan-file {_file} --trace\n");
        var (code, output, _) = await Run("replay", "--plan-file", _file, "--trace");
        code.ShouldBe(0);
        output.ShouldContain("\nno faults\n");
        output.ShouldContain("  n1        starts as ");
        output.ShouldContain("  client 0  -> n");
        output.ShouldContain(", 0 faults, all invariants hold\n");
    }

    [Fact]
    public async Task A_file_that_is_no_plan_is_an_error_of_one_line()
    {
        var (code, _, error) = await Run("replay", "--plan-file", _file);
        code.ShouldBe(2);
        error.ShouldStartWith($"{_file} is no plan: ");
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("replay", "7", "--plan-file", "x")]
    public async Task It_is_one_seed_or_one_plan(params string[] arguments) =>
        (await Run(arguments)).Error.ShouldContain("replay needs a SEED or a --plan-file, and not both.");

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var root = new RootCommand { ReplayCommand.Create(), ShrinkCommand.Create(static plan => Fail(plan)) };
        var code = await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    private static RunResult Fail(RunPlan plan) => new(plan, new Violation("always", "as the test says"), Hash: 0, plan.Faulty, Events: 0, Operations: 0, new Coverage());
}
