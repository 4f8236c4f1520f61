using System.Globalization;
using System.Text.Json;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Tests.Runs;

public sealed class PlanFileTests
{
    [Fact]
    public void Every_plan_survives_a_file()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            var text = PlanFile.ToText(PlanDrawer.Draw(seed));
            PlanFile.ToText(PlanFile.Parse(text)).ShouldBe(text);
        }
    }

    [Fact]
    public void A_name_that_is_not_known_is_not_passed_over() =>
        Should.Throw<JsonException>(static () => PlanFile.Parse(PlanFile.ToText(PlanDrawer.Draw(1)).Replace("\"StableAfter\"", "\"StableBefore\"", StringComparison.Ordinal)));

    [Fact]
    public void A_file_that_is_no_plan_says_so()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "seed 7");
        Should.Throw<InvalidDataException>(() => PlanFile.Read(path)).Message.ShouldStartWith($"{path} is no plan: ");
        File.Delete(path);
    }

    [Fact]
    public void A_plan_reads_as_a_list()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var plan = PlanDrawer.Draw(1) with { Nodes = 3, Schedule = [new Fault(TimeSpan.FromSeconds(4.25), FaultKind.Clog, 3, 1, TimeSpan.FromSeconds(2), 0)] };
        PlanText.Write(plan, output);
        output.ToString().ShouldContain("seed        1\n");
        output.ToString().ShouldContain("1 fault:\n   4.250000  what n1 sends n2 arrives after 2 s\n");
    }

    [Fact]
    public void Every_kind_of_fault_has_words()
    {
        var fault = new Fault(TimeSpan.Zero, FaultKind.Kill, 0, 1, TimeSpan.FromSeconds(1), 5);
        foreach (var kind in Enum.GetValues<FaultKind>())
            FaultText.Of(fault with { Kind = kind }, 0, 1).ShouldNotStartWith($"{kind} ", Case.Sensitive);
    }
}
