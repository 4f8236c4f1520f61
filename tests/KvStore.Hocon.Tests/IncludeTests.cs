namespace KvStore.Hocon.Tests;

public sealed class IncludeTests
{
    [Theory]
    [InlineData("include \"b.conf\"")]
    [InlineData("include file(\"b.conf\")")]
    [InlineData("include required(\"b.conf\")")]
    [InlineData("include required(file(\"b.conf\"))")]
    public void An_include_stands_for_the_fields_of_the_file(string statement)
    {
        Fixture.ParseFiles($"x = 0\n{statement}\ny = 3", ("b.conf", "x = 1, y = 2")).Render().ShouldBe("x = 1\ny = 3\n");
    }

    [Fact]
    public void An_include_inside_an_object_stays_inside_and_its_substitutions_with_it()
    {
        var config = Fixture.ParseFiles("top = 1\nkv { include \"b.conf\" }", ("b.conf", "{ x = 5, own = ${x}, outer = ${top}, include \"c.conf\", sub { include \"c.conf\" } }"), ("c.conf", "z = ${x}"));
        config.ShouldBe(Fixture.Parse("top = 1, kv { x = 5, own = 5, outer = 1, z = 5, sub { z = 5 } }"));
    }

    [Fact]
    public void A_substitution_in_an_included_file_sees_what_overrides_it()
    {
        Fixture.ParseFiles("include \"b.conf\"\nkv.port = 2", ("b.conf", "kv { port = 1, at = ${kv.port} }")).GetInt("kv.at").ShouldBe(2);
    }

    [Fact]
    public void A_missing_file_is_empty_unless_it_is_required()
    {
        Fixture.ParseFiles("include \"no.conf\"").Keys.ShouldBeEmpty();
        Fixture.Error("a = 1\ninclude required(file(\"no.conf\"))").ShouldBe("t.conf:2:23: the required file \"no.conf\" does not exist");
    }

    [Fact]
    public void A_mistake_in_an_included_file_is_reported_there()
    {
        Fixture.Error(() => Fixture.ParseFiles("include \"b.conf\"", ("b.conf", "a = 1\nb"))).ShouldStartWith("b.conf:2:2: ");
    }

    [Fact]
    public void Cycles_chains_and_floods_of_includes_are_errors()
    {
        Fixture.Error(() => Fixture.ParseFiles("include \"b\"", ("b", "\n include \"c\""), ("c", "include \"b\""))).ShouldBe("c:1:1: \"b\" includes itself");
        Fixture.Error(() => Fixture.ParseFiles("include \"t.conf\"", ("t.conf", ""))).ShouldBe("t.conf:1:1: \"t.conf\" includes itself");
        var chain = Enumerable.Range(0, 20).Select(i => ($"f{i}", $"include \"f{i + 1}\"")).ToArray();
        Fixture.Error(() => Fixture.ParseFiles("include \"f0\"", chain)).ShouldBe("f14:1:1: includes are nested deeper than 16 files");
        var flood = Enumerable.Range(0, 10).Select(i => ($"f{i}", $"include \"f{i + 1}\"\ninclude \"f{i + 1}\"")).ToArray();
        Fixture.Error(() => Fixture.ParseFiles("include \"f0\"", flood)).ShouldContain("more than 256 includes");
    }

    [Fact]
    public void Files_are_read_relative_to_the_file_that_includes_them()
    {
        var folder = Directory.CreateTempSubdirectory("hocon").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "sub"));
            File.WriteAllText(Path.Combine(folder, "main.conf"), "include \"sub/part\"\na = 1");
            File.WriteAllText(Path.Combine(folder, "sub", "part.conf"), "include required(\"leaf.conf\")\ninclude \"gone.conf\"");
            File.WriteAllText(Path.Combine(folder, "sub", "leaf.conf"), "b = 2");
            HoconDocument.Load(Path.Combine(folder, "main.conf")).ShouldBe(Fixture.Parse("a = 1, b = 2"));

            var binary = Path.Combine(folder, "binary.conf");
            File.WriteAllBytes(binary, [0x61, 0xFF, 0xFE]);
            Fixture.Error(() => HoconDocument.Load(binary)).ShouldStartWith($"{binary}:1:1: the file cannot be read: ");
            Fixture.Error(() => HoconDocument.Parse($"include \"{binary}\"", "x")).ShouldStartWith($"x:1:9: the file \"{binary}\" cannot be read: ");
            var missing = Path.Combine(folder, "missing.conf");
            Fixture.Error(() => HoconDocument.Load(missing)).ShouldStartWith($"{missing}:1:1: the file cannot be read: ");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
