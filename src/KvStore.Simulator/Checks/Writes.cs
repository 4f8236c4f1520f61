using KvStore.Protocol.Client;
using KvStore.Simulator.Clients;

namespace KvStore.Simulator.Checks;

/// <summary>What an operation writes: a value under a key. Counters and expiries are not among it, whose values are not theirs alone.</summary>
internal static class Writes
{
    /// <summary>Everything that the operation writes if it is executed and its conditions hold.</summary>
    public static IEnumerable<(string Key, string Value)> Of(Operation operation)
    {
        var arguments = operation.Arguments;
        switch (operation.Command)
        {
            case "SET" or "PUT" or "GETSET" or "APPEND" when arguments.Length > 2:
                yield return (arguments[1], arguments[2]);
                break;
            case "MSET":
                for (var i = 1; i + 1 < arguments.Length; i += 2)
                    yield return (arguments[i], arguments[i + 1]);
                break;
            default:
                break;
        }
    }

    /// <summary>What it has written for certain, as its reply says.</summary>
    public static IEnumerable<(string Key, string Value)> Done(Operation operation) =>
        operation is { Outcome: Outcome.Ok, Reply: { } reply } && IsDone(operation, reply) ? Of(operation) : [];

    private static bool IsDone(Operation operation, Reply reply)
    {
        if (operation.Command != "SET")
            return true;
        var options = operation.Arguments.AsSpan(3);
        // A time that has passed deletes, by the clock of the node.
        if (options.Contains("EXAT") || options.Contains("PXAT"))
            return false;
        if (!options.Contains("GET"))
            return reply.Kind != ReplyKind.Null;
        return options.Contains("NX") ? reply.Kind == ReplyKind.Null : !options.Contains("XX") || reply.Kind != ReplyKind.Null;
    }
}
