namespace KvStore.Hocon.Tests;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("a {\n  b = 1\n", "t.conf:3:1: the text ends before the '{' of line 1, column 3 is closed")]
    [InlineData("a = [1,\n 2", "t.conf:2:3: the text ends before the '[' of line 1, column 5 is closed")]
    [InlineData("{ a = 1", "t.conf:1:8: the text ends before the '{' of line 1, column 1 is closed")]
    [InlineData("a = 1\n}", "t.conf:2:1: this '}' closes nothing")]
    [InlineData("a = 1 ]", "t.conf:1:7: this ']' closes nothing")]
    [InlineData("{ a = 1 } b", "t.conf:1:11: expected nothing behind the '}' that closes the configuration, found 'b'")]
    [InlineData("[1]", "t.conf:1:1: a configuration is an object, this is a list")]
    [InlineData("a =", "t.conf:1:4: the key a has no value")]
    [InlineData("a =\nb = 2", "t.conf:1:4: the key a has no value")]
    [InlineData("a =\nb.c {\n d = 2\n}", "t.conf:1:4: the key a has no value")]
    [InlineData("x { a = }", "t.conf:1:8: the key a has no value")]
    [InlineData("a = , b = 1", "t.conf:1:4: the key a has no value")]
    [InlineData("a", "t.conf:1:2: expected '=', ':' or '{' after the key a, found the end of the text")]
    [InlineData("a.b\nc = 1", "t.conf:1:4: expected '=', ':' or '{' after the key a.b, found the end of the line")]
    [InlineData("max size = 1", "t.conf:1:5: expected '=', ':' or '{' after the key max, found 's'")]
    [InlineData("a + 1", "t.conf:1:3: expected '=', ':' or '{' after the key a, found '+'")]
    [InlineData("a..b = 1", "t.conf:1:3: expected a key here, found '.'")]
    [InlineData(".a = 1", "t.conf:1:1: expected a key here, found '.'")]
    [InlineData("a. = 1", "t.conf:1:3: expected a key here, found ' '")]
    [InlineData("= 1", "t.conf:1:1: expected a key here, found '='")]
    [InlineData("a = 1,, b = 2", "t.conf:1:7: a comma must follow a value, and only one")]
    [InlineData("a = [1,,2]", "t.conf:1:8: a comma must follow a value, and only one")]
    [InlineData("a = [,]", "t.conf:1:6: a comma must follow a value, and only one")]
    [InlineData("a = \"x\\q\"", "t.conf:1:7: unknown escape: 'q' after a backslash (a backslash itself is written \\\\)")]
    [InlineData("a = \"\\u12g4\"", "t.conf:1:6: \\u needs four hexadecimal digits")]
    [InlineData("\na = \"open\nb = 1", "t.conf:2:5: the string that begins here is not closed on its line (use \"\"\" for text of several lines)")]
    [InlineData("a = \"open\r\n", "t.conf:1:5: the string that begins here is not closed on its line (use \"\"\" for text of several lines)")]
    [InlineData("a = \"\"\"open\n", "t.conf:1:5: the \"\"\" that begins here is never closed")]
    [InlineData("a = \"\t\"", "t.conf:1:6: the character U+0009 must be escaped inside a quoted string")]
    [InlineData("a = akka.tcp://kv@h", "t.conf:1:13: ':' cannot stand here; a value with special characters must be quoted as a whole")]
    [InlineData("a = 5$", "t.conf:1:6: a substitution is written ${path}; a '$' itself must be quoted")]
    [InlineData("a = ${b", "t.conf:1:8: expected '}' to close the substitution of b, found the end of the text")]
    [InlineData("a = ${}", "t.conf:1:7: expected a key here, found '}'")]
    [InlineData("include x", "t.conf:1:9: expected a file name in quotes after include: include \"x\", file(\"x\") or required(file(\"x\")); a key of this name must be quoted")]
    [InlineData("include required(\"x\"", "t.conf:1:21: expected ')' to close required(, found the end of the text")]
    public void A_mistake_is_named_by_line_column_and_a_sentence(string text, string message)
    {
        Fixture.Error(text).ShouldBe(message);
    }

    [Fact]
    public void An_error_carries_its_parts()
    {
        var error = Should.Throw<HoconException>(() => Fixture.Parse("a = 1\n  }"));
        (error.Position.Source, error.Line, error.Column, error.Reason).ShouldBe(("t.conf", 2, 3, "this '}' closes nothing"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("a{")]
    [InlineData("a.")]
    [InlineData("a=[{")]
    [InlineData("a{b.c=")]
    public void Deep_nesting_is_an_error_and_not_a_stack_overflow(string level)
    {
        var deep = string.Concat(Enumerable.Repeat(level, HoconLimits.MaxTextLength / level.Length - 8));
        Should.Throw<HoconException>(() => Fixture.Parse("a {" + deep));
        Should.Throw<HoconException>(() => Fixture.Parse(deep + "a=1"));
    }

    [Fact]
    public void Nesting_within_the_limit_is_fine_all_the_way_to_render_and_back()
    {
        var levels = HoconLimits.MaxNesting - 1;
        var config = Fixture.Parse(string.Concat(Enumerable.Repeat("a{", levels - 1)) + "a=1" + new string('}', levels - 1));
        Fixture.Parse(config.Render()).ShouldBe(config);
        Fixture.Error(string.Concat(Enumerable.Repeat("a{", levels)) + "a=1" + new string('}', levels)).ShouldEndWith("nested deeper than 64 levels");
    }

    [Fact]
    public void Substitutions_cannot_nest_a_document_deeper_than_anything_can_walk()
    {
        var text = "a0 = 1\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $"a{i} {{ x = ${{a{i - 1}}} }}\n"));
        Fixture.Error(text).ShouldContain("nested deeper than 128 levels by its substitutions");
    }

    [Fact]
    public void A_text_longer_than_any_configuration_is_refused()
    {
        Fixture.Error(new string(' ', HoconLimits.MaxTextLength + 1)).ShouldStartWith("t.conf:1:1: the text has 1048577 characters");
    }
}
