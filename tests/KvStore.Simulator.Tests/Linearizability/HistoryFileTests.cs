using KvStore.Simulator.Commands;
using KvStore.Simulator.Linearizability;
using KvStore.Simulator.Linearizability.Files;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>Files of both formats, and the command that checks them.</summary>
public sealed class HistoryFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("register-linearizable.log", nameof(Verdict.Linearizable))]
    [InlineData("register-violation.log", nameof(Verdict.Violation))]
    [InlineData("text-linearizable.edn", nameof(Verdict.Linearizable))]
    [InlineData("text-violation.edn", nameof(Verdict.Violation))]
    public void A_file_is_checked_as_what_its_content_says_it_is(string file, string verdict) =>
        HistoryFile.Check(History(file)).Verdict.ToString().ShouldBe(verdict);

    [Theory]
    [InlineData("", 0, "ends without an operation")]
    [InlineData("hello", 1, "no event")]
    [InlineData("INFO jepsen.util - 0 :invoke :read", 1, "no event")]
    [InlineData("INFO jepsen.util - x :invoke :read nil", 1, "'x' is no process")]
    [InlineData("INFO jepsen.util - 0 :invoke :swap 1", 1, "':swap'")]
    [InlineData("INFO jepsen.util - 0 :invoke :write one", 1, "'one' is no value")]
    [InlineData("INFO jepsen.util - 0 :invoke :cas [1]", 1, "'[1]' is no value")]
    [InlineData("INFO jepsen.util - 0 :ok :read nil", 1, "has not called")]
    [InlineData("\nINFO jepsen.util - 0 :invoke :read nil\nINFO jepsen.util - 0 :invoke :read nil", 3, "before its read has ended")]
    [InlineData("INFO jepsen.util - 0 :invoke :write 1\nINFO jepsen.util - 0 :ok :write 2", 2, "called write 1, and write 2 ends")]
    [InlineData("INFO jepsen.util - 0 :invoke :cas [1 2]\nINFO jepsen.util - 0 :fail :cas [1 3]", 2, "called cas 1 2")]
    [InlineData("INFO jepsen.util - 0 :invoke :write 1\nINFO jepsen.util - 0 :ok :read 2", 2, "called write 1")]
    [InlineData("INFO jepsen.util - 0 :invoke :write 1\nINFO jepsen.util - 0 :done :write 1", 2, "':done' is no type")]
    [InlineData("{:process 0", 1, "no value at column 12")]
    [InlineData("{:process 0 :type}", 1, "no value")]
    [InlineData("{process 0}", 1, "no keyword")]
    [InlineData("{:process 0, :process 1}", 1, "twice")]
    [InlineData("{:process 0} {}", 1, "something follows")]
    [InlineData("{:process 0, :value \"a}", 1, "does not end")]
    [InlineData("{:process 0, :value \"\\q\"}", 1, "that is none")]
    [InlineData("{:process [0]}", 1, "'[0]' is no value")]
    [InlineData("{:type :invoke, :f :get, :key \"a\"}", 1, "'' is no process")]
    [InlineData("{:process 0, :type :invoke, :f :get}", 1, "no :key")]
    [InlineData("{:process 0, :type :invoke, :f :pop, :key \"a\"}", 1, "':pop'")]
    [InlineData("{:process 0, :type :invoke, :f :put, :key \"a\", :value nil}", 1, "without a :value")]
    [InlineData("{:process 0, :type :ok, :f :get, :key \"a\", :value \"\"}", 1, "has not called")]
    [InlineData("{:process 0, :type :invoke, :f :get, :key \"a\"}\n{:process 0, :type :ok, :f :get, :key \"a\", :value nil}", 2, "found no :value")]
    [InlineData("{:process 0, :type :invoke, :f :get, :key \"a\"}\n{:process 0, :type :ok, :f :get, :key \"b\", :value \"\"}", 2, "get of a, and Get of b ends")]
    [InlineData("{:process 0, :type :invoke, :f :put, :key \"a\", :value \"1\"}\n{:process 0, :type :ok, :f :put, :key \"a\", :value \"2\"}", 2, "another value")]
    public void What_is_no_history_is_refused_with_the_file_and_the_line(string content, int line, string reason)
    {
        File.WriteAllText(_path, content);
        var message = Should.Throw<HistoryFormatException>(() => HistoryFile.Check(_path)).Message;
        message.ShouldStartWith($"{_path}, line {line}: ");
        message.ShouldContain(reason);
    }

    [Fact]
    public void The_exit_code_is_0_when_all_files_are_linearizable()
    {
        var (code, output, error) = Run(History("register-linearizable.log"), History("text-linearizable.edn"));
        code.ShouldBe(0);
        output.ShouldBe($"{History("register-linearizable.log")} linearizable\n{History("text-linearizable.edn")} linearizable\n");
        error.ShouldBeEmpty();
    }

    [Fact]
    public void The_exit_code_is_1_when_one_is_a_violation_and_it_is_explained_apart_from_the_verdicts()
    {
        var (code, output, error) = Run(History("text-violation.edn"), History("register-linearizable.log"));
        code.ShouldBe(1);
        output.ShouldBe($"{History("text-violation.edn")} violation\n{History("register-linearizable.log")} linearizable\n");
        error.ShouldStartWith("key a: ");
    }

    [Fact]
    public void The_exit_code_is_2_when_one_is_unreadable_and_the_others_are_checked_all_the_same()
    {
        File.WriteAllText(_path, "hello");
        var (code, output, error) = Run(_path, _path + ".missing", History("text-violation.edn"));
        code.ShouldBe(2);
        output.ShouldBe($"{History("text-violation.edn")} violation\n");
        error.ShouldContain($"{_path}, line 1: ");
        error.ShouldContain($"{_path}.missing: ");
    }

    [Fact]
    public void The_exit_code_is_2_when_no_file_is_named() => Run().Code.ShouldBe(2);

    [Fact]
    public void The_exit_code_is_3_when_the_bound_is_reached()
    {
        var (code, output, error) = Run("--max-configurations", "1", History("register-linearizable.log"));
        code.ShouldBe(3);
        output.ShouldBe($"{History("register-linearizable.log")} undecided\n");
        error.ShouldBe("key register: undecided after 1 configurations\n");
    }

    private static string History(string file) => Path.Combine(AppContext.BaseDirectory, "Histories", file);

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = CheckCommand.Create().Parse(arguments).Invoke(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
