using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Linearizability.Files;

/// <summary>
/// Reads what Jepsen logs of clients of one register.
/// <code>
/// line  = "INFO" "jepsen.util" "-" process ":invoke" call | … process ":ok" call | … process (":fail" | ":info") (call | verb ":timed-out")
/// call  = ":read" ("nil" | integer) | ":write" integer | ":cas" "[" expected value "]"
/// </code>
/// Separated by blanks. An <c>:ok</c> and a <c>:fail</c> repeat their call; <c>:info</c> is of unknown outcome. A <c>:fail</c>
/// did not happen, but for a cas that is repeated: that was executed, and found another value.
/// </summary>
internal static class RegisterLog
{
    private const int FixedFields = 6;

    // There is one register.
    private const string Key = "register";

    /// <summary>Reads the lines of a file.</summary>
    /// <exception cref="HistoryFormatException">A line is not as above, or contradicts those before.</exception>
    public static History<RegisterCall, RegisterReply> Read(string file, IEnumerable<string> lines)
    {
        var recorder = new FileRecorder<RegisterCall, RegisterReply>(file);
        foreach (var line in lines)
        {
            recorder.Line++;
            if (!string.IsNullOrWhiteSpace(line))
                Read(recorder, line);
        }
        return recorder.Complete();
    }

    private static void Read(FileRecorder<RegisterCall, RegisterReply> recorder, string line)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= FixedFields || fields is not ["INFO", "jepsen.util", "-", ..])
            throw recorder.Error("no event of a register");
        var process = recorder.Process(fields[3]);
        var (type, verb, value) = (fields[4], fields[5], string.Join(' ', fields[FixedFields..]));
        if (type == ":invoke")
        {
            recorder.Invoke(process, Key, Call(recorder, verb, value));
            return;
        }
        var (ticket, _, call) = recorder.End(process);
        if (Verb(recorder, verb) != call.Verb)
            throw recorder.Error($"process {process} called {call}, and {verb} ends");
        switch (type)
        {
            case ":ok":
                var reply = Call(recorder, verb, value);
                if (call.Verb != RegisterVerb.Read && reply != call)
                    throw recorder.Error($"process {process} called {call}, and {reply} ends");
                recorder.History.Return(ticket, new RegisterReply(IsDone: true, value == "nil" ? null : reply.Value), recorder.Line);
                break;
            case ":fail" when call.Verb == RegisterVerb.CompareAndSet && value != ":timed-out":
                if (Call(recorder, verb, value) != call)
                    throw recorder.Error($"process {process} called {call}, and {verb} {value} ends");
                recorder.History.Return(ticket, new RegisterReply(IsDone: false), recorder.Line);
                break;
            default:
                recorder.EndUnanswered(ticket, type);
                break;
        }
    }

    private static RegisterVerb Verb(FileRecorder<RegisterCall, RegisterReply> recorder, string verb) => verb switch
    {
        ":read" => RegisterVerb.Read,
        ":write" => RegisterVerb.Write,
        ":cas" => RegisterVerb.CompareAndSet,
        _ => throw recorder.Error($"'{verb}' is no operation of a register"),
    };

    private static RegisterCall Call(FileRecorder<RegisterCall, RegisterReply> recorder, string verb, string value)
    {
        switch (Verb(recorder, verb))
        {
            case RegisterVerb.Read when value == "nil":
                return new RegisterCall(RegisterVerb.Read);
            case var one and not RegisterVerb.CompareAndSet when long.TryParse(value, out var number):
                return new RegisterCall(one, number);
            case RegisterVerb.CompareAndSet when value is ['[', .., ']'] && value[1..^1].Split(' ') is [var first, var second]
                && long.TryParse(first, out var expected) && long.TryParse(second, out var wanted):
                return new RegisterCall(RegisterVerb.CompareAndSet, wanted, expected);
            default:
                throw recorder.Error($"'{value}' is no value of {verb}");
        }
    }
}
