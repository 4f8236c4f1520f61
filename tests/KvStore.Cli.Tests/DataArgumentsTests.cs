namespace KvStore.Cli.Tests;

public sealed class DataArgumentsTests
{
    [Theory]
    [InlineData("verify", "verify", "", "", "localhost:6100")]
    [InlineData("verify 6100 host:6101", "verify", "6100 host:6101", "", "localhost:6100")]
    [InlineData("verify --at 6101 --json", "verify", "", "", "localhost:6101")]
    [InlineData("--at 6101 repair", "repair", "", "", "localhost:6101")]
    [InlineData("backup /tmp/x --at=6101", "backup", "/tmp/x", "", "localhost:6101")]
    [InlineData("restore /tmp/x --replace", "restore", "/tmp/x", "--replace", "localhost:6100")]
    [InlineData("restore --merge --at 6101 /tmp/x", "restore", "/tmp/x", "--merge", "localhost:6101")]
    [InlineData("forget node-2 --yes", "forget", "node-2", "--yes", "localhost:6100")]
    [InlineData("conflicts 20", "conflicts", "20", "", "localhost:6100")]
    public void A_verb_has_its_options_anywhere(string words, string verb, string plain, string flag, string endpoint)
    {
        var line = CommandLine.Parse(words.Split(' '));
        line.Data!.Verb.ShouldBe(verb);
        string.Join(' ', line.Data.Words).ShouldBe(plain);
        string.Join(' ', line.Data.Flags).ShouldBe(flag);
        line.Endpoint!.ToString().ShouldBe(endpoint);
    }

    [Theory]
    [InlineData("backup", "backup takes DIR")]
    [InlineData("backup a b", "backup does not take 'b'")]
    [InlineData("backup a --merge", "no option '--merge'")]
    [InlineData("restore a --merge --replace", "restore takes --replace or --merge, not both")]
    [InlineData("forget", "forget takes NODE")]
    [InlineData("repair now", "repair does not take 'now'")]
    [InlineData("verify --at", "--at takes an endpoint")]
    public void Words_that_make_no_sense_say_why(string words, string reason) =>
        Should.Throw<UsageException>(() => CommandLine.Parse(words.Split(' '))).Message.ShouldContain(reason);

    [Fact]
    public void A_host_of_such_a_name_is_still_reached() => CommandLine.Parse(["verify:6100", "GET", "a"]).Data.ShouldBeNull();

    [Fact]
    public void Help_tells_of_every_verb_and_flag()
    {
        foreach (var (verb, syntax) in DataArguments.Verbs)
        {
            HelpText.Usage.ShouldContain($"  {verb}{(syntax.Takes.Length > 0 ? " " + syntax.Takes : "")}");
            foreach (var flag in syntax.Flags)
                HelpText.Usage.ShouldContain(flag);
        }
    }
}
