using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Resp;

/// <summary>However the bytes are cut, the same requests come out.</summary>
public sealed class RequestParserProperties
{
    private static readonly RequestLimits Limits = new() { MaxKeyBytes = 40, MaxValueBytes = 60, MaxRequestBytes = 300, MaxLineBytes = 80 };

    private static readonly Gen<string> Argument =
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255))
        select string.Concat(bytes.Select(static b => (char)b));

    private static readonly Gen<string> Name = Gen.Elements("GET", "set", "MGET", "Del", "MSET", "nonsense", "EXPIRE", "echo");

    private static readonly Gen<string> Resp =
        from name in Name
        from arguments in Gen.ListOf(Argument)
        select Encode([name, .. arguments]);

    private static readonly Gen<string> Line =
        from name in Gen.Elements("GET", "PUT k", "set a", "ECHO \"x y\"", "ECHO 'q", "")
        from rest in Gen.ArrayOf(Gen.Elements(" ", "a", "\"", "'", "\\", "x", "\u00e9", "\t", "long-long-long-long-long-long"))
        from end in Gen.Elements("\n", "\r\n")
        select name + " " + string.Concat(rest) + end;

    private static readonly Gen<string> Ignored = Gen.Elements("*0\r\n", "*-1\r\n", "\r\n", "\n");

    private static readonly Gen<string> Broken = Gen.Elements("*1\r\nx", "*a\r\n", "*1\r\n$-3\r\n", "*1\r\n$1\r\nabc");

    [Fact]
    public void Any_commands_in_any_fragments_give_the_requests_of_the_whole()
    {
        var request = Gen.Frequency((8, Resp), (5, Line), (1, Ignored));
        var stream =
            from requests in Gen.ListOf(request)
            from tail in Gen.Frequency((4, Gen.Constant("")), (1, Broken))
            from cuts in Gen.ArrayOf(Gen.Choose(1, 60))
            select (Text: string.Concat(requests) + tail, Cuts: cuts);
        Prop.ForAll(stream.ToArbitrary(), static s =>
        {
            var bytes = ParsedRequests.Bytes(s.Text);
            var pieces = Cut(bytes, s.Cuts);
            var whole = ParsedRequests.Of(Limits, bytes);
            return whole.SequenceEqual(ParsedRequests.Of(Limits, pieces)) && whole.SequenceEqual(ParsedRequests.OfSequence(Limits, pieces));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Commands_within_the_limits_come_out_as_they_went_in()
    {
        var commands =
            from lists in Gen.ListOf(from name in Name from arguments in Gen.ListOf(Argument) select new List<string>([name, .. arguments]))
            from cuts in Gen.ArrayOf(Gen.Choose(1, 60))
            select (Lists: lists, Cuts: cuts);
        Prop.ForAll(commands.ToArbitrary(), static s =>
        {
            var bytes = ParsedRequests.Bytes(string.Concat(s.Lists.Select(Encode)));
            var expected = s.Lists.Select(static l => $"resp[{string.Join('|', l)}]");
            var actual = ParsedRequests.Of(RequestLimits.Default, Cut(bytes, s.Cuts));
            return expected.Zip(actual).All(static p => p.Second.StartsWith(p.First, StringComparison.Ordinal)) && actual.Count == s.Lists.Count;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static List<byte[]> Cut(byte[] bytes, int[] cuts)
    {
        var pieces = new List<byte[]>();
        var at = 0;
        for (var i = 0; at < bytes.Length; i++)
        {
            var length = Math.Min(cuts.Length == 0 ? 1 : cuts[i % cuts.Length], bytes.Length - at);
            pieces.Add(bytes[at..(at + length)]);
            at += length;
        }
        return pieces;
    }

    private static string Encode(List<string> arguments)
    {
        var text = new StringBuilder().Append($"*{arguments.Count}\r\n");
        foreach (var argument in arguments)
            text.Append($"${argument.Length}\r\n{argument}\r\n");
        return text.ToString();
    }
}
