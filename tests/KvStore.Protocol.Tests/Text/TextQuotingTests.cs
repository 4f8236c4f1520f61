using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KvStore.Protocol.Text;

namespace KvStore.Protocol.Tests.Text;

public sealed class TextQuotingTests
{
    [Fact]
    public void Any_value_that_is_quoted_reads_back_as_the_same_bytes()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static value =>
        {
            var quoted = new byte[TextQuoting.MaxLength(value.Length)];
            var length = TextQuoting.Write(quoted, value);
            return TextLine.TrySplit(quoted.AsSpan(0, length), out var read) && read.Count == 1 && read[0].AsSpan().SequenceEqual(value);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("abc", false)]
    [InlineData("a b", false)]
    [InlineData("a\"b", false)]
    [InlineData("a(b", false)]
    [InlineData("ERROR", false)]
    [InlineData("\u00e9\u00ff", false)]
    [InlineData("", true)]
    [InlineData("(nil)", true)]
    [InlineData("\"a", true)]
    [InlineData("ERR a", true)]
    [InlineData("a\nb", true)]
    [InlineData("a\tb", true)]
    [InlineData("a\u007f", true)]
    public void Only_a_value_that_could_be_mistaken_is_quoted(string value, bool quoted) =>
        TextQuoting.IsNeeded(Encoding.Latin1.GetBytes(value)).ShouldBe(quoted);

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("  a\t\v\fb  ", "a|b")]
    [InlineData("SET k \"x y\" 'z w'", "SET|k|x y|z w")]
    [InlineData("a\"b c\"", "ab c")]
    [InlineData("\"\" ''", "|")]
    [InlineData("\"\\x41\\x7a\\n\\r\\t\\b\\a\\\\\\\"\\q\\xZZ\"", "Az\n\r\t\b\a\\\"qxZZ")]
    [InlineData("'a\\nb' 'it\\'s'", "a\\nb|it's")]
    [InlineData("a\\nb", "a\\nb")]
    [InlineData("PUT k v w", "PUT|k|v w")]
    [InlineData("put \"k 1\" \"v\" '", "put|k 1|\"v\" '")]
    [InlineData("PUTT k v w", "PUTT|k|v|w")]
    [InlineData("PUT k v\r", "PUT|k|v")]
    [InlineData("", "")]
    public void A_line_is_cut_into_its_arguments(string line, string expected)
    {
        TextLine.TrySplit(Encoding.Latin1.GetBytes(line), out var arguments).ShouldBeTrue();
        string.Join('|', arguments.Select(Encoding.Latin1.GetString)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("\"a")]
    [InlineData("a 'b")]
    [InlineData("\"a\"b")]
    [InlineData("\"a\\")]
    [InlineData("\"a\\\"")]
    [InlineData("'a\\'")]
    [InlineData("'a''b'")]
    public void Quotes_without_a_partner_are_unbalanced(string line) =>
        TextLine.TrySplit(Encoding.Latin1.GetBytes(line), out _).ShouldBeFalse();
}
