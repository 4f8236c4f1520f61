using KvStore.Simulator.Clients;
using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Checks;

/// <summary>What one operation did to one key, in the form of a command on that key alone.</summary>
/// <param name="Client">Who called.</param>
/// <param name="Arguments">The command, the key, the rest.</param>
/// <param name="Call">When it was called.</param>
/// <param name="Return">When it was answered; null where nobody knows what became of it.</param>
/// <param name="Reply">The answer, if it was.</param>
internal sealed record KeyCall(int Client, string[] Arguments, TimeSpan Call, TimeSpan? Return, KeyReply Reply)
{
    /// <summary>The key.</summary>
    public string Key => Arguments[1];

    /// <summary>True when it is known to have been executed between its call and its return.</summary>
    public bool IsKnown => Return is not null;

    /// <summary>True when it changes nothing, whatever it finds.</summary>
    public bool IsRead => Arguments[0] is "GET" or "EXISTS" or "STRLEN" or "TTL" or "PTTL" or "EXPIRETIME" or "PEXPIRETIME";

    /// <summary>True when the key is the same behind it, whatever it was before, and its reply says nothing.</summary>
    public bool IsBlindWrite => Arguments switch
    {
        ["SET", _, _, .. var options] => !options.Contains("NX") && !options.Contains("XX") && !options.Contains("GET") && !options.Contains("KEEPTTL"),
        ["PUT" or "FLUSHALL" or "FLUSHDB", ..] => true,
        _ => false,
    };

    /// <summary>
    /// What an operation did, key by key, but for a flush, which does it to every key. Left out is what says nothing of any key: what was refused, what
    /// walks over all of them, and a read without a reply.
    /// </summary>
    public static IEnumerable<KeyCall> Of(Operation operation)
    {
        var arguments = operation.Arguments;
        switch (operation.Command)
        {
            case "GET" or "STRLEN" or "TTL" or "PTTL" or "EXPIRETIME" or "PEXPIRETIME":
            case "SET" or "PUT" or "GETSET" or "GETDEL" or "APPEND" or "INCR" or "DECR" or "INCRBY" or "DECRBY":
            case "EXPIRE" or "PEXPIRE" or "EXPIREAT" or "PEXPIREAT" or "PERSIST":
                return Is(operation, arguments, operation.Reply is { } reply ? KeyReply.From(reply) : default);
            case "MSET":
                return Enumerable.Range(0, (arguments.Length - 1) / 2)
                    .SelectMany(i => Is(operation, ["SET", arguments[(2 * i) + 1], arguments[(2 * i) + 2]], KeyReply.Ok));
            case "MGET":
                return Enumerable.Range(0, arguments.Length - 1)
                    .SelectMany(i => Is(operation, ["GET", arguments[i + 1]], operation.Outcome == Outcome.Ok ? KeyReply.From(operation.Reply!.Items[i]) : default));
            case "DEL" or "DELETE":
                return arguments[1..].Distinct(StringComparer.Ordinal).SelectMany(key => IsOneOf(operation, ["DEL", key]));
            case "EXISTS":
                return arguments[1..].SelectMany(key => IsOneOf(operation, ["EXISTS", key]));
            default:
                return [];
        }
    }

    /// <summary>What a flush did to one key.</summary>
    public static IEnumerable<KeyCall> OfFlush(Operation flush, string key) => Is(flush, [flush.Command, key], KeyReply.Ok);

    // Where several keys share a count, it says of each only when it is that of none, or of all.
    private static IEnumerable<KeyCall> IsOneOf(Operation operation, string[] arguments)
    {
        var count = operation.Outcome == Outcome.Ok ? operation.Reply!.Integer : 0;
        var all = operation.Arguments.Length - 1;
        if (operation.Outcome == Outcome.Ok && count != 0 && count != all)
            return arguments[0] == "DEL" ? [new KeyCall(operation.Client, arguments, operation.Call, null, default)] : [];
        return Is(operation, arguments, KeyReply.Of(count == 0 ? 0 : 1));
    }

    private static IEnumerable<KeyCall> Is(Operation operation, string[] arguments, KeyReply reply)
    {
        var isOfValue = operation.Outcome == Outcome.Failed && operation.Command is "INCR" or "DECR" && arguments.Length == 2;
        if (operation.Outcome == Outcome.Ok || isOfValue && reply.Text.StartsWith("ERR value is not an integer", StringComparison.Ordinal))
            yield return new KeyCall(operation.Client, arguments, operation.Call, operation.Return, reply);
        else if (operation.Outcome == Outcome.Unknown && new KeyCall(0, arguments, default, null, default) is { IsRead: false })
            yield return new KeyCall(operation.Client, arguments, operation.Call, null, default);
    }
}
