using System.Reflection;

namespace KvStore.EngineApi;

/// <summary>On Akka.NET itself: what the list says of it is so.</summary>
public sealed class AkkaNetTests
{
    [Fact]
    public void Every_signature_of_the_list_is_one_of_Akka_NET()
    {
        string[] assemblies = ["Akka", "Akka.Cluster", "Akka.Cluster.Tools", "Akka.TestKit", "Akka.TestKit.Xunit2"];
        var real = assemblies.SelectMany(static name => Assembly.Load(name).GetExportedTypes()).SelectMany(Surface.Lines).ToHashSet(StringComparer.Ordinal);
        AkkaNet.Lines.Where(line => !real.Contains(line)).ShouldBeEmpty();
        AkkaNet.Lines.Count.ShouldBeGreaterThan(400);
    }
}
