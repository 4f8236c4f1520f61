using KvStore.Simulator.Linearizability;
using KvStore.Simulator.Linearizability.Files;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>Histories whose verdicts others have found: <c>verdicts.tsv</c> lists them, a file and true or false a line, under a head.</summary>
public sealed class KnownVerdictTests
{
    [HistoriesFact]
    public void Every_history_of_a_folder_comes_out_as_its_list_of_verdicts_says()
    {
        var folder = HistoriesFactAttribute.Folder!;
        var rows = File.ReadLines(Path.Combine(folder, "verdicts.tsv")).Skip(1).Select(static line => line.Split('\t')).ToArray();
        rows.ShouldNotBeEmpty();
        var found = rows.Select(row => $"{row[0]} {HistoryFile.Check(Path.Combine(folder, row[0])).Verdict}");
        found.ShouldBe(rows.Select(static row => $"{row[0]} {(bool.Parse(row[1]) ? Verdict.Linearizable : Verdict.Violation)}"));
    }
}
