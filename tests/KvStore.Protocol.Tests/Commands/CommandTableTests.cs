using System.Text;
using KvStore.Protocol.Commands;

namespace KvStore.Protocol.Tests.Commands;

public sealed class CommandTableTests
{
    [Fact]
    public void Every_name_is_found_in_any_case_and_nothing_near_it()
    {
        foreach (var spec in CommandTable.Default.All)
        {
            Find(spec.Name).ShouldBeSameAs(spec);
            Find(spec.Name.ToUpperInvariant()).ShouldBeSameAs(spec);
            Find(spec.Name + "x").ShouldBeNull();
            Find(spec.Name + " ").ShouldBeNull();
            Find(spec.Name + "\0").ShouldBeNull();
            Find(spec.Name[1..])?.Name.ShouldNotBe(spec.Name);
        }
        Find("").ShouldBeNull();
        Find("ge\u0014").ShouldBeNull();
        Find("g\u0005t").ShouldBeNull();
    }

    [Fact]
    public void Aliases_are_other_names_of_the_same_command()
    {
        Find("DELETE").ShouldBeSameAs(Find("del"));
        Find("Exit").ShouldBeSameAs(Find("QUIT"));
    }

    [Fact]
    public void Key_positions_are_those_of_the_table()
    {
        Keys("mset", 5).ShouldBe([1, 3]);
        Keys("mget", 4).ShouldBe([1, 2, 3]);
        Keys("set", 7).ShouldBe([1]);
        Keys("ping", 2).ShouldBeEmpty();
    }

    [Fact]
    public void Every_command_documents_itself()
    {
        foreach (var spec in CommandTable.Default.All)
        {
            spec.Summary.ShouldNotBeEmpty(spec.Name);
            spec.Group.ShouldBeOneOf("string", "generic", "connection", "server", "cluster");
            spec.Name.ShouldBe(spec.Name.ToLowerInvariant());
        }
    }

    private static CommandSpec? Find(string name) => CommandTable.Default.Find(Encoding.Latin1.GetBytes(name));

    private static IEnumerable<int> Keys(string name, int count) =>
        Enumerable.Range(0, count).Where(i => Find(name)!.IsKey(i, count));
}
