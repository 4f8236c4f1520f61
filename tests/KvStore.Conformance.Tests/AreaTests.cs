using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace KvStore.Conformance;

/// <summary>Counts the specs, and says how many there are of each area.</summary>
public sealed class AreaTests(AreaTests.Announcer announcer) : IClassFixture<AreaTests.Announcer>
{
    [Fact]
    public void Every_spec_has_an_area_and_the_count_of_each_is_announced()
    {
        var specs = typeof(AreaTests).Assembly.GetTypes()
            .Where(static type => type != typeof(AreaTests) && !type.IsAbstract && type.GetMethods().Any(IsTest)).ToArray();
        specs.Where(static type => AreaOf(type) is null).ShouldBeEmpty();
        var total = 0;
        foreach (var area in specs.GroupBy(static type => AreaOf(type)!, StringComparer.Ordinal).OrderBy(static area => area.Key, StringComparer.Ordinal))
        {
            var count = area.Sum(static type => type.GetMethods().Sum(CasesOf));
            total += count;
            announcer.Say($"conformance: {area.Key} {count}");
        }
        announcer.Say($"conformance: total {total}");
        total.ShouldBeGreaterThan(150);
    }

    private static bool IsTest(MethodInfo method) => method.GetCustomAttribute<FactAttribute>() is not null;

    private static int CasesOf(MethodInfo method)
    {
        if (!IsTest(method))
            return 0;
        return method.GetCustomAttribute<TheoryAttribute>() is null ? 1 : method.GetCustomAttributes<InlineDataAttribute>().Count();
    }

    private static string? AreaOf(Type type) => type.GetCustomAttributesData()
        .Where(static attribute => attribute.AttributeType == typeof(TraitAttribute))
        .Select(static attribute => (string?)attribute.ConstructorArguments[1].Value)
        .FirstOrDefault();

    /// <summary>Writes where the runner shows it whatever its verbosity.</summary>
    public sealed class Announcer(IMessageSink sink)
    {
        public void Say(string line) => sink.OnMessage(new DiagnosticMessage(line));
    }
}
