namespace KvStore.Hocon.Tests;

public sealed class SyntaxTests
{
    [Theory]
    [InlineData("a = 1")]
    [InlineData("a : 1")]
    [InlineData("{ a = 1 }")]
    [InlineData("\uFEFF{\"a\":1}")]
    [InlineData("# comment\na = 1 // another\n")]
    [InlineData("\r\n  a = 1,\r\n")]
    [InlineData("a =\n  1")]
    [InlineData("a = 2\na = 1")]
    public void A_field_is_a_key_and_a_value_however_it_is_dressed(string text)
    {
        Fixture.Parse(text).Render().ShouldBe("a = 1\n");
    }

    [Fact]
    public void An_empty_text_is_an_empty_object()
    {
        Fixture.Parse(" # nothing\n").Keys.ShouldBeEmpty();
    }

    [Fact]
    public void Dotted_keys_and_nested_objects_say_the_same()
    {
        Fixture.Parse("kv.gateway { port = 1 }, kv.gateway.host = h").ShouldBe(Fixture.Parse("kv { gateway { port = 1\nhost = h } }"));
    }

    [Fact]
    public void A_quoted_key_is_one_element_with_its_dots()
    {
        var config = Fixture.Parse("deployment { \"/store/*\" { a.\"b.c\" = 1 } }");
        config.GetInt("deployment.\"/store/*\".a.\"b.c\"").ShouldBe(1);
        config.Find("deployment.\"/store/*\".a.b").ShouldBeNull();
    }

    [Fact]
    public void A_brace_may_stand_below_its_key()
    {
        Fixture.Parse("kv\n{\n  a = 1\n}").GetInt("kv.a").ShouldBe(1);
    }

    [Fact]
    public void Later_objects_merge_and_other_values_replace()
    {
        var config = Fixture.Parse("a { x = 1, y = 2 }\na { y = 3 }\nb { x = 1 }\nb = 5\nc = 5\nc { x = 1 }");
        config.ShouldBe(Fixture.Parse("a { x = 1, y = 3 }, b = 5, c { x = 1 }"));
    }

    [Fact]
    public void Keys_keep_the_order_in_which_they_first_appeared()
    {
        Fixture.Parse("z = 1, a = 2, m = 3, a = 4").Keys.ShouldBe(["z", "a", "m"]);
    }

    [Theory]
    [InlineData("a = akka.actor.Provider, b = 1", "akka.actor.Provider")]
    [InlineData("a = two words  here  # and a comment", "two words  here")]
    [InlineData("a = \"q\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "q\"\\/\b\f\n\r\t\u00e9")]
    [InlineData("a = \"\"\"raw \"quotes\" \\n\nand lines\"\"\"\"", "raw \"quotes\" \\n\nand lines\"")]
    [InlineData("a = pre\"mid\"post 1", "premidpost 1")]
    [InlineData("a = \"\"", "")]
    [InlineData("a = 10.0.0.1", "10.0.0.1")]
    [InlineData("a = c/d/e", "c/d/e")]
    public void Strings_come_quoted_raw_bare_and_joined(string text, string expected)
    {
        Fixture.Parse(text).GetString("a").ShouldBe(expected);
    }

    [Theory]
    [InlineData("0", HoconScalarKind.Number)]
    [InlineData("-1.50", HoconScalarKind.Number)]
    [InlineData("1e+5", HoconScalarKind.Number)]
    [InlineData("2E-3", HoconScalarKind.Number)]
    [InlineData("007", HoconScalarKind.Text)]
    [InlineData("1.", HoconScalarKind.Text)]
    [InlineData("64k", HoconScalarKind.Text)]
    [InlineData("true", HoconScalarKind.Boolean)]
    [InlineData("yes", HoconScalarKind.Text)]
    [InlineData("null", HoconScalarKind.Null)]
    [InlineData("\"1\"", HoconScalarKind.Text)]
    public void A_scalar_knows_what_it_was_written_as(string written, HoconScalarKind kind)
    {
        Fixture.Parse($"a = {written}").Find("a").ShouldBeOfType<HoconScalar>().Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData("a = [x, y z, 3]")]
    [InlineData("a = [\n  x\n  y z # comment\n  3\n]")]
    [InlineData("a = [x,\n y z,\n 3,]")]
    [InlineData("a = [x] [y z, 3]")]
    [InlineData("a += x\na += y z\na += 3")]
    [InlineData("a = [x]\na = ${a} [y z, 3]")]
    public void Lists_take_commas_lines_joining_and_appending(string text)
    {
        Fixture.Parse(text).GetStringList("a").ShouldBe(["x", "y z", "3"]);
    }

    [Fact]
    public void Objects_side_by_side_merge()
    {
        Fixture.Parse("a = { x = 1 } { y = 2, x = 3 }").ShouldBe(Fixture.Parse("a { x = 3, y = 2 }"));
    }

    [Fact]
    public void Lists_hold_lists_and_objects()
    {
        var items = Fixture.Parse("a = [[], [1, [2]], { b = 1 }]").Find("a").ShouldBeOfType<HoconArray>().Items;
        items.Select(i => i.GetType()).ShouldBe([typeof(HoconArray), typeof(HoconArray), typeof(HoconObject)]);
    }

    [Fact]
    public void A_value_and_its_key_know_where_they_stand()
    {
        var config = Fixture.Parse("kv {\n\tport = 6100\n}");
        config.Find("kv.port")!.Position.ShouldBe(new SourcePosition("t.conf", 2, 9));
        config.GetObject("kv").KeyPosition("port").ShouldBe(new SourcePosition("t.conf", 2, 2));
    }
}
