using System.Runtime.CompilerServices;
using System.Text;

namespace KvStore.Core.Tests.Replication;

/// <summary>
/// Stories of a few replicas, told in files that are read as documentation: commands, then <c>---</c>, then what they print, then an
/// empty line. KVSTORE_UPDATE_SCRIPTS=1 writes what is printed now into the files, for a reviewer to read in the diff.
/// </summary>
public sealed class GoldenScriptTests
{
    public static TheoryData<string> Scripts() => new(Directory.EnumerateFiles(Folder(), "*.txt").Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_prints_what_it_says(string script)
    {
        var path = Path.Combine(Folder(), script);
        var expected = File.ReadAllText(path);
        using var stage = new ScriptStage();
        var actual = Play(stage, expected);
        if (Environment.GetEnvironmentVariable("KVSTORE_UPDATE_SCRIPTS") == "1")
            File.WriteAllText(path, actual);
        else
            actual.ShouldBe(expected);
    }

    private static string Play(ScriptStage stage, string script)
    {
        var text = new StringBuilder();
        var output = new StringBuilder();
        var isOutput = false;
        foreach (var line in script.TrimEnd('\n').Split('\n').Append(""))
        {
            if (isOutput && line.Length > 0)
                continue;
            if (isOutput)
            {
                text.Append("---\n").Append(output.Length == 0 ? "nothing\n" : output).Append('\n');
                output.Clear();
                isOutput = false;
            }
            else if (line == "---")
            {
                isOutput = true;
            }
            else
            {
                text.Append(line).Append('\n');
                if (line.Length > 0 && line[0] != '#')
                    stage.Do(line.Split(' '), output);
            }
        }
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Scripts");
}
