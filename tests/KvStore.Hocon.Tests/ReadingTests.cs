namespace KvStore.Hocon.Tests;

public sealed class ReadingTests
{
    private const string Config = """
        text = hello world
        int = 42
        negative = -3
        quoted = "42"
        double = 2.5e3
        none = null
        list = [a, 1, true]
        mixed = [a, [b]]
        inner { x = 1 }
        """;

    [Fact]
    public void Values_read_as_what_is_asked_for_when_they_can()
    {
        var config = Fixture.Parse(Config);
        config.GetString("text").ShouldBe("hello world");
        config.GetString("int").ShouldBe("42");
        config.GetInt("quoted").ShouldBe(42);
        config.GetLong("negative").ShouldBe(-3);
        config.GetDouble("double").ShouldBe(2500);
        config.GetStringList("list").ShouldBe(["a", "1", "true"]);
        config.GetObject("inner").GetInt("x").ShouldBe(1);
    }

    [Fact]
    public void Defaults_stand_for_what_is_missing_or_null_and_not_for_what_is_wrong()
    {
        var config = Fixture.Parse(Config);
        config.GetInt("no.such", 7).ShouldBe(7);
        config.GetInt("none", 7).ShouldBe(7);
        config.GetString("int.below", null).ShouldBeNull();
        config.GetDuration("no", TimeSpan.FromSeconds(1)).ShouldBe(TimeSpan.FromSeconds(1));
        config.GetStringList("no", []).ShouldBeEmpty();
        config.Has("none").ShouldBeFalse();
        config.Has("inner.x").ShouldBeTrue();
        Fixture.Error(() => config.GetInt("text", 7)).ShouldStartWith("t.conf:1:8: text must be a whole number");
    }

    [Fact]
    public void A_wrong_type_is_an_error_at_the_value()
    {
        var config = Fixture.Parse(Config);
        Fixture.Error(() => config.GetInt("inner.x.y")).ShouldBe("t.conf:9:7: inner.x.y is missing");
        Fixture.Error(() => config.GetInt("other.x")).ShouldBe("t.conf:1:1: other.x is missing");
        Fixture.Error(() => config.GetInt("none")).ShouldBe("t.conf:6:8: none needs a value, found null");
        Fixture.Error(() => config.GetInt("double")).ShouldBe("t.conf:5:10: double must be a whole number between -2147483648 and 2147483647, found '2.5e3'");
        Fixture.Error(() => config.GetBoolean("int")).ShouldBe("t.conf:2:7: int must be true or false, found '42'");
        Fixture.Error(() => config.GetString("list")).ShouldBe("t.conf:7:8: list must be text, found a list");
        Fixture.Error(() => config.GetStringList("text")).ShouldBe("t.conf:1:8: text must be a list, found 'hello world'");
        Fixture.Error(() => config.GetStringList("mixed")).ShouldBe("t.conf:8:13: mixed[1] must be text, found a list");
        Fixture.Error(() => config.GetDuration("inner")).ShouldBe("t.conf:9:7: inner must be a duration such as 500ms, 5s or 10 minutes, found an object");
    }

    [Fact]
    public void A_path_that_is_none_is_the_callers_mistake()
    {
        Should.Throw<FormatException>(() => Fixture.Parse(Config).Find("a..b"));
        Should.Throw<FormatException>(() => Fixture.Parse(Config).Find("a b"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("on", true)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("\"off\"", false)]
    public void Booleans_have_three_spellings(string written, bool expected)
    {
        Fixture.Parse($"a = {written}").GetBoolean("a").ShouldBe(expected);
    }

    [Theory]
    [InlineData("250", 250)]
    [InlineData("100ms", 100)]
    [InlineData("5s", 5_000)]
    [InlineData("1.5 seconds", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1 hour", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("500us", 0.5)]
    [InlineData("infinite", -1)]
    [InlineData("0", 0)]
    public void Durations_have_units_and_milliseconds_without_one(string written, double expectedMs)
    {
        Fixture.Parse($"a = {written}").GetDuration("a").ShouldBe(TimeSpan.FromMilliseconds(expectedMs));
    }

    [Theory]
    [InlineData("512", 512)]
    [InlineData("7b", 7)]
    [InlineData("64k", 65_536)]
    [InlineData("64K", 65_536)]
    [InlineData("64KiB", 65_536)]
    [InlineData("64 KiB", 65_536)]
    [InlineData("64kB", 64_000)]
    [InlineData("64KB", 64_000)]
    [InlineData("1.5m", 1_572_864)]
    [InlineData("2 MB", 2_000_000)]
    [InlineData("3GiB", 3_221_225_472)]
    [InlineData("8388607T", 9_223_370_937_343_148_032)]
    public void Sizes_are_powers_of_1024_except_with_a_capital_B_behind(string written, long expectedBytes)
    {
        Fixture.Parse($"a = {written}").GetByteSize("a").ShouldBe(expectedBytes);
    }

    [Theory]
    [InlineData("-5s")]
    [InlineData("5 parsecs")]
    [InlineData("s")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999999999999999d")]
    [InlineData("99999999999999d")]
    [InlineData("99999999999999999T")]
    public void What_is_no_duration_or_size_is_an_error(string written)
    {
        var config = Fixture.Parse($"a = {written}");
        Fixture.Error(() => config.GetDuration("a")).ShouldBe($"t.conf:1:5: a must be a duration such as 500ms, 5s or 10 minutes, found '{written}'");
        Fixture.Error(() => config.GetByteSize("a")).ShouldBe($"t.conf:1:5: a must be a size in bytes such as 512, 64k or 16 MiB, found '{written}'");
    }
}
