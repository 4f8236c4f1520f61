namespace KvStore.Hocon.Tests;

public sealed class RenderTests
{
    [Fact]
    public void A_document_renders_to_what_both_engines_read_alike()
    {
        Fixture.Parse("""
            akka { cluster.seed-nodes = ["akka.tcp://kv@h:1", "akka.tcp://kv@h:2"], loglevel = INFO }
            kv { on = true, n = -1.50, wait = 5s, size = 64 KiB, none = null, empty {}, nothing = [], text = ""
                 "/store/*" { "" = 1, include-me = 1, "include" = yes } }
            objects = [{ a = 1, b = [2] }, {}]
            """).Render().ShouldBe("""
            akka {
              cluster {
                seed-nodes = ["akka.tcp://kv@h:1", "akka.tcp://kv@h:2"]
              }
              loglevel = "INFO"
            }
            kv {
              on = true
              n = -1.50
              wait = "5s"
              size = "64 KiB"
              none = null
              empty {}
              nothing = []
              text = ""
              "/store/*" {
                "" = 1
                include-me = 1
                "include" = "yes"
              }
            }
            objects = [{
              a = 1
              b = [2]
            }, {}]

            """);
    }

    [Fact]
    public void Characters_that_a_line_or_a_file_cannot_hold_are_escaped()
    {
        var config = Fixture.Parse("a = \"\"\"q\" \\ \n\r\t\u0001 é \ud83d\ude00 \u2028 ${x} # //\"\"\"");
        config.Render().ShouldBe("a = \"q\\\" \\\\ \\n\\r\\t\\u0001 é \\ud83d\\ude00 \\u2028 ${x} # //\"\n");
        Fixture.Parse(config.Render()).ShouldBe(config);
    }

    [Fact]
    public void Equality_is_by_content()
    {
        Fixture.Parse("a = 1, b = 2").ShouldBe(Fixture.Parse("b = 2\n\na = 1"));
        Fixture.Parse("a = 1").ShouldNotBe(Fixture.Parse("a = \"1\""));
        Fixture.Parse("a = [1]").ShouldNotBe(Fixture.Parse("a = [1, 2]"));
        Fixture.Parse("a = 1").ShouldNotBe(Fixture.Parse("b = 1"));
    }

    [Fact]
    public void A_fallback_fills_what_is_missing()
    {
        var upper = Fixture.Parse("a { x = 1 }, b = [1], c = null");
        upper.WithFallback(Fixture.Parse("a { x = 2, y = 2 }, b = [2], c = 1, d = 1")).ShouldBe(Fixture.Parse("a { x = 1, y = 2 }, b = [1], c = null, d = 1"));
        upper.WithFallback(HoconObject.Empty).ShouldBeSameAs(upper);
    }
}
