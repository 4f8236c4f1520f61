using System.Text;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Resp;

public sealed class AsciiIntegerTests
{
    [Theory]
    [InlineData(0L)]
    [InlineData(9L)]
    [InlineData(10L)]
    [InlineData(99L)]
    [InlineData(100L)]
    [InlineData(-1L)]
    [InlineData(-10L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void What_is_written_reads_back(long value)
    {
        var digits = new byte[AsciiInteger.MaxLength];
        var length = AsciiInteger.Write(digits, value);
        Encoding.ASCII.GetString(digits, 0, length).ShouldBe(value.ToString());
        AsciiInteger.TryParse(digits.AsSpan(0, length), out var read).ShouldBeTrue();
        read.ShouldBe(value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("-0")]
    [InlineData("-01")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("x")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("10000000000000000000")]
    [InlineData("99999999999999999999")]
    [InlineData("111111111111111111111111111")]
    public void Anything_but_the_one_spelling_of_a_64_bit_integer_is_refused(string text) =>
        AsciiInteger.TryParse(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();
}
