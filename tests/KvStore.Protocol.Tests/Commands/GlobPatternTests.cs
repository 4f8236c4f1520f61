using System.Diagnostics;
using System.Text;
using KvStore.Protocol.Commands;

namespace KvStore.Protocol.Tests.Commands;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("?", "", false)]
    [InlineData("a*b*c", "a--b--c", true)]
    [InlineData("a*b*c", "a--c--b", false)]
    [InlineData("*aab", "aaaab", true)]
    [InlineData("h[^e]llo", "hallo", true)]
    [InlineData("h[c-a]llo", "hbllo", true)]
    [InlineData("[a-]", "-", false)]
    [InlineData("[a-]", "^", true)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("[]a]", "a", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("a\\", "a\\", true)]
    [InlineData("[abc", "b", true)]
    [InlineData("[^]", "x", true)]
    [InlineData("[", "[", false)]
    [InlineData("*\\?", "what?", true)]
    public void Patterns_match_as_in_Redis(string pattern, string text, bool matches) =>
        GlobPattern.IsMatch(Encoding.Latin1.GetBytes(pattern), Encoding.Latin1.GetBytes(text)).ShouldBe(matches);

    [Fact]
    public void Case_can_be_ignored()
    {
        GlobPattern.IsMatch("MAX[A-M]*"u8, "maxmemory"u8, ignoreCase: true).ShouldBeTrue();
        GlobPattern.IsMatch("MAX*"u8, "maxmemory"u8).ShouldBeFalse();
    }

    [Fact]
    public void No_pattern_is_exponential()
    {
        var pattern = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a*", 200)) + "b");
        var text = Encoding.ASCII.GetBytes(new string('a', 2000));
        var watch = Stopwatch.StartNew();
        GlobPattern.IsMatch(pattern, text).ShouldBeFalse();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }
}
