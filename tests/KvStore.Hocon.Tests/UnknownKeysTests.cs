namespace KvStore.Hocon.Tests;

public sealed class UnknownKeysTests
{
    private static readonly HoconObject Reference = Fixture.Parse("kv { gateway { port = 6100, host = h }, users {}, roles = [] }");

    [Fact]
    public void Keys_that_the_reference_lacks_are_listed_with_what_was_probably_meant()
    {
        var config = Fixture.Parse("kv {\n  gateway {\n    prot = 1\n    port = 2\n  }\n  gatway { port = 3 }\n  \"x.y\" = 1\n}\nother = 1");
        HoconUnknownKeys.Find(config, Reference, "kv").Select(k => $"{k.Position}: {k}").ShouldBe([
            "t.conf:3:5: kv.gateway.prot is not a setting; did you mean kv.gateway.port?",
            "t.conf:6:3: kv.gatway is not a setting; did you mean kv.gateway?",
            "t.conf:7:3: kv.\"x.y\" is not a setting",
        ]);
        Fixture.Error(() => HoconUnknownKeys.ThrowIfAny(config, Reference, "kv"))
            .ShouldBe("t.conf:3:5: kv.gateway.prot is not a setting; did you mean kv.gateway.port? (and 2 more like it)");
    }

    [Fact]
    public void An_object_that_is_empty_in_the_reference_takes_any_key()
    {
        HoconUnknownKeys.ThrowIfAny(Fixture.Parse("kv { users { ann { x = 1 } }, roles = [a] }"), Reference, "kv");
    }
}
