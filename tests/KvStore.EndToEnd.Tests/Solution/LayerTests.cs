using System.Xml.Linq;

namespace KvStore.EndToEnd.Tests.Solution;

/// <summary>The arrows of the architecture point inward, and nothing but this test keeps them so.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new(StringComparer.Ordinal)
    {
        ["KvStore.Core"] = [],
        ["KvStore.Hocon"] = [],
        ["KvStore.Protocol"] = ["KvStore.Core"],
        ["KvStore.Actors"] = ["KvStore.Hocon"],
        ["KvStore.Actors.TestKit"] = ["KvStore.Actors"],
        ["KvStore.Node"] = ["KvStore.Actors", "KvStore.Core", "KvStore.Protocol"],
        ["KvStore.Host"] = ["KvStore.Actors", "KvStore.Node", "KvStore.Hocon"],
        ["KvStore.Simulator"] = ["KvStore.Actors", "KvStore.Node"],
        ["KvStore.Cli"] = ["KvStore.Protocol"],
    };

    public static TheoryData<string> Projects()
    {
        var data = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories))
            data.Add(Path.GetFileNameWithoutExtension(file));
        return data;
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_the_layers_below_it(string project)
    {
        AllowedReferences.ShouldContainKey(project, "a new project needs its place in the layers");
        References(project).Except(AllowedReferences[project], StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("KvStore.Core")]
    [InlineData("KvStore.Hocon")]
    [InlineData("KvStore.Protocol")]
    [InlineData("KvStore.Actors")]
    public void An_inner_layer_depends_on_no_package_and_no_framework_but_the_base_one(string project)
    {
        if (!File.Exists(ProjectFile(project)))
            return;
        var root = XDocument.Load(ProjectFile(project)).Root!;
        root.Descendants("PackageReference").ShouldBeEmpty();
        root.Descendants("FrameworkReference").ShouldBeEmpty();
    }

    [Fact]
    public void The_store_names_no_engine_in_its_source_and_compiles_unconditionally()
    {
        string[] folders = ["src/KvStore.Node", "src/KvStore.Host", "tests/KvStore.Node.Tests", "tests/KvStore.Host.Tests", "tests/KvStore.MultiNode.Tests", "tests/KvStore.Conformance.Tests"];
        var offenders =
            from folder in folders
            let path = Path.Combine(Repository.Root, folder)
            where Directory.Exists(path)
            from file in Repository.SourceFiles(path)
            where !file.EndsWith(".embedded.cs", StringComparison.Ordinal) && !file.EndsWith(".akka.cs", StringComparison.Ordinal)
            from line in File.ReadLines(file)
            where line.StartsWith("#if", StringComparison.Ordinal)
                || line.Contains("using KvStore.Actors", StringComparison.Ordinal)
                || line.Contains("using Akka", StringComparison.Ordinal)
            select $"{file}: {line}";
        offenders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("src/KvStore.Core")]
    [InlineData("src/KvStore.Protocol")]
    public void The_pure_layers_know_no_tasks_sockets_or_files(string folder)
    {
        string[] banned = ["System.Threading.Tasks", "System.Net.Sockets", "System.IO;", "await ", "File.Open"];
        var offenders =
            from file in Repository.SourceFiles(Path.Combine(Repository.Root, folder))
            from line in File.ReadLines(file)
            where banned.Any(word => line.Contains(word, StringComparison.Ordinal))
            select $"{file}: {line}";
        offenders.ShouldBeEmpty();
    }

    private static string ProjectFile(string project) => Path.Combine(Repository.Root, "src", project, project + ".csproj");

    private static IEnumerable<string> References(string project)
    {
        var root = XDocument.Load(ProjectFile(project)).Root!;
        // One without its assembly only has the other project built as well.
        foreach (var reference in root.Descendants("ProjectReference").Where(static r => (string?)r.Attribute("ReferenceOutputAssembly") != "false"))
            yield return Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!);
        if (root.Descendants("UsesActors").Any(e => e.Value == "true"))
            yield return "KvStore.Actors";
    }
}
