namespace KvStore.Hocon.Tests;

public sealed class SubstitutionTests
{
    [Fact]
    public void A_substitution_sees_the_final_value_wherever_it_stands()
    {
        Fixture.Parse("a = ${b.c}\nb.c = 1\nb.c = 2").GetInt("a").ShouldBe(2);
    }

    [Fact]
    public void A_substitution_keeps_the_kind_of_its_value()
    {
        Fixture.Parse("a = [1], b = ${a}, c { x = 1 }, d = ${c} { y = 2 }").ShouldBe(Fixture.Parse("a = [1], b = [1], c { x = 1 }, d { x = 1, y = 2 }"));
    }

    [Fact]
    public void Text_and_substitutions_join_with_the_space_between_them()
    {
        Fixture.Parse("host = h, port = 1, at = \"tcp://\"${host}\":\"${port}, both = ${host} ${port}").Render()
            .ShouldBe("host = \"h\"\nport = 1\nat = \"tcp://h:1\"\nboth = \"h 1\"\n");
    }

    [Fact]
    public void An_object_may_refer_to_its_own_fields()
    {
        Fixture.Parse("a { x = 1, y = ${a.x} }").GetInt("a.y").ShouldBe(1);
    }

    [Fact]
    public void Self_reference_looks_back()
    {
        Fixture.Parse("a { x = 1 }\na = ${a} { y = ${a.x} }\na.z = 3").ShouldBe(Fixture.Parse("a { x = 1, y = 1, z = 3 }"));
        Fixture.Parse("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }").GetObject("foo").ShouldBe(Fixture.Parse("a = 2, c = 1"));
        Fixture.Parse("bar { foo = 42, baz = ${bar.foo} }\nbar { foo = 43 }").GetInt("bar.baz").ShouldBe(43);
        Fixture.Parse("b { y = 1, x = ${a.y} }, a = ${b}").GetInt("a.x").ShouldBe(1);
        Fixture.Parse("a = ${b}, b { y = 1, x = ${a.y} }").GetInt("a.x").ShouldBe(1);
    }

    [Fact]
    public void An_undefined_optional_substitution_leaves_no_trace()
    {
        Fixture.Parse("a = 1\na = ${?no}\nb = ${?no}\nc = [${?no}, x]\nd = ${?no}\"tail\"\ne = ${?no} { x = 1 }\nf = ${?f} [1]").Render()
            .ShouldBe("a = 1\nc = [\"x\"]\nd = \"tail\"\ne {\n  x = 1\n}\nf = [1]\n");
    }

    [Fact]
    public void The_environment_answers_what_the_document_does_not_know()
    {
        var config = Fixture.Parse("port = 1\nport = ${?KV_PORT}\nhome = ${HOME}/kv\nHOST = mine\nhost = ${HOST}\npath = a\npath = ${?path}\":b\"", ("KV_PORT", "6200"), ("HOME", "/root"), ("HOST", "x"));
        config.GetInt("port").ShouldBe(6200);
        config.GetString("home").ShouldBe("/root/kv");
        config.GetString("host").ShouldBe("mine");
        config.GetString("path").ShouldBe("a:b");
    }

    [Theory]
    [InlineData("a = 1\nb = ${a.x.y}", "t.conf:2:5: ${a.x.y} is not defined: there is no such path, and no environment variable of that name")]
    [InlineData("a = ${a}", "t.conf:1:5: ${a} refers back to itself, and has no earlier value")]
    [InlineData("a = ${b}\nb = ${c}\nc = ${a}", "t.conf:3:5: ${a} refers back to itself, and has no earlier value")]
    [InlineData("a { b = ${a} }", "t.conf:1:9: ${a} refers back to itself, and has no earlier value")]
    [InlineData("a = x ${b}\nb = [1]", "t.conf:2:5: a list cannot be joined to text before it")]
    [InlineData("a = [1] x", "t.conf:1:9: 'x' cannot be joined to a list before it")]
    [InlineData("a = {} [1]", "t.conf:1:8: a list cannot be joined to an object before it")]
    public void What_cannot_be_substituted_is_an_error_where_it_stands(string text, string message)
    {
        Fixture.Error(text).ShouldBe(message);
    }

    [Fact]
    public void Lines_that_double_each_other_are_stopped()
    {
        var text = "a0 = [0123456789]\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"a{i} {{ x = ${{a{i - 1}}}, y = ${{a{i - 1}}} }}\n"));
        Fixture.Error(text).ShouldContain("expand to more than");
        var lists = "a0 = [0123456789]\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"a{i} = ${{a{i - 1}}} ${{a{i - 1}}}\n"));
        Fixture.Error(lists).ShouldContain("than");
    }

    [Fact]
    public void References_that_multiply_in_circles_are_stopped()
    {
        var names = Enumerable.Range(0, 25).Select(i => $"a{i}").ToList();
        var everyOther = string.Concat(names.Select(name => $"{name} = {string.Concat(names.Where(n => n != name).Select(n => $"${{?{n}}}"))}\n"));
        Fixture.Error(everyOther).ShouldContain("steps to resolve");
    }

    [Fact]
    public void A_small_stack_is_enough_for_everything_within_the_limits()
    {
        var chain = string.Concat(Enumerable.Range(0, 5000).Select(i => $"a{i} = ${{a{i + 1}}} x\n")) + "a5000 = 1";
        var deep = string.Concat(Enumerable.Repeat("a { b = [{ c.d = ${?e} ", 30));
        var messages = new List<string>();
        var thread = new Thread(() => messages.AddRange([Fixture.Error(chain), Fixture.Error(deep)]), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        messages.ShouldAllBe(m => m.Contains("nested deeper than", StringComparison.Ordinal));
        messages.Count.ShouldBe(2);
    }

    [Fact]
    public void Long_chains_of_references_are_stopped()
    {
        var chain = string.Concat(Enumerable.Range(0, 5000).Select(i => $"a{i} = ${{a{i + 1}}}\n")) + "a5000 = 1";
        Fixture.Error(chain).ShouldContain("nested deeper than");
    }
}
