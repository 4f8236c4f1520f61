using System.Text;

namespace KvStore.Hocon.Tests;

public sealed class FuzzTests
{
    private const int Cases = 200_000;

    private static readonly string[] Seeds =
    [
        "kv { gateway { port = 6100, host = ${?HOST} }, size = 64 KiB }\nkv.gateway.port = ${kv.size}\n",
        "a = [1, [2, x y], { b = \"\"\"t\"\"\" }] [3]\na += ${b}\nb = ${?a} \"q\\n\\u0041\"\n# c\n",
        "include \"f\"\nx { include required(file(\"f\")), y = ${x.z}, z = ${y} }\n\"p.q\".r : { s = null } { t = -1.5e+3 }\n",
        "a = ${b} { x = ${a.y} }\nb = ${?c} { y = ${a.x} }\nc { y = 1 }\na.z = ${a}\n",
    ];

    private static readonly string[] Tokens =
    [
        "a", "b", "c", "x", "y", ".", "=", ":", "+=", "{", "}", "[", "]", ",", "\n", " ", "\"", "\"\"\"", "\"s\"", "\\", "\\u12", "${a}", "${?b}", "${a.x}",
        "${x.y}", "${", "include \"f\"", "include ", "required(", "file(", ")", "#", "//", "1", "-2.5e+1", "null", "true", "$", "+", "\r\n", "\t", "\u0000", "\uFEFF", "\ud800", "é",
    ];

    private static readonly HoconOptions Options = new()
    {
        Environment = static name => name == "HOST" ? "h" : null,
        Include = static (name, _) => name == "f" ? new HoconSource("f", "y = ${?x}, a { x = ${y} }\n") : null,
    };

    [Fact]
    public void No_text_does_anything_but_read_or_say_what_is_wrong_with_it()
    {
        var random = new Random(20240607);
        var read = 0;
        for (var i = 0; i < Cases; i++)
        {
            var text = i % 2 == 0 ? Mutate(random) : Generate(random);
            try
            {
                var config = HoconDocument.Parse(text, "fuzz", Options);
                read++;
                var rendered = config.Render();
                HoconDocument.Parse(rendered, "rendered", Options).Equals(config).ShouldBeTrue($"case {i}: {text}\n---\n{rendered}");
            }
            catch (HoconException e)
            {
                (e.Line > 0 && e.Column > 0 && e.Position.Source is "fuzz" or "f").ShouldBeTrue($"case {i}: {e.Message}\n{text}");
            }
            catch (Exception e) when (e is not ShouldAssertException)
            {
                throw new InvalidOperationException($"case {i}: {text}", e);
            }
        }
        read.ShouldBeGreaterThan(Cases / 20);
    }

    private static string Mutate(Random random)
    {
        var text = new StringBuilder(Seeds[random.Next(Seeds.Length)]);
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 2:
                    text[at] = (char)random.Next(0, 128);
                    break;
                default:
                    var from = random.Next(text.Length);
                    text.Insert(at, text.ToString(from, Math.Min(random.Next(1, 30), text.Length - from)));
                    break;
            }
            if (text.Length == 0)
                text.Append('a');
        }
        return text.ToString();
    }

    private static string Generate(Random random)
    {
        var text = new StringBuilder();
        // Half of the texts are lines that look like fields, so that more than the first mistake is reached.
        var fields = random.Next(2) == 0;
        for (var lines = random.Next(1, 6); lines > 0; lines--)
        {
            if (fields)
                text.Append((char)('a' + random.Next(3))).Append(random.Next(3) == 0 ? ".x = " : " = ");
            for (var tokens = random.Next(1, fields ? 3 : 12); tokens > 0; tokens--)
                text.Append(Tokens[random.Next(Tokens.Length)]);
            text.Append('\n');
        }
        return text.ToString();
    }
}
