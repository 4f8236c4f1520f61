using System.Text;
using KvStore.Core.Replication;

namespace KvStore.Simulator.Checks;

/// <summary>
/// Until when each value of a key may be read, by the clock of the node that is asked. A value that was given another expiry is there
/// under several versions, and may be read for as long as the one that expires last.
/// </summary>
internal sealed class ReadValues
{
    private readonly Dictionary<(string Key, string Value), long> _untilMs = [];

    /// <summary>Takes in what was accepted.</summary>
    public void Add(Written written)
    {
        if (written.Kind != RecordKind.Value)
            return;
        var untilMs = written.ExpiresAtMs == 0 ? long.MaxValue : written.ExpiresAtMs;
        var id = (written.Key, written.Value);
        _untilMs[id] = Math.Max(untilMs, _untilMs.GetValueOrDefault(id));
    }

    /// <summary>True when the value was ever accepted for the key.</summary>
    public bool Knows(string key, string value) => _untilMs.ContainsKey((key, value));

    /// <summary>What is wrong with a read; null when nothing is, or nobody is known to have written the value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">What was read.</param>
    /// <param name="clockMs">The earliest that the clock of the node can have shown.</param>
    public string? Judge(string key, string value, long clockMs) =>
        _untilMs.TryGetValue((key, value), out var untilMs) && untilMs <= clockMs
            ? $"{key} was read as {value}, which had expired at {untilMs}, and the clock of the node showed {clockMs} at least"
            : null;

    /// <summary>The keys and values that a command has read.</summary>
    public static IEnumerable<(string Key, string Value)> Of(Clients.Operation operation)
    {
        if (operation is not { Outcome: Clients.Outcome.Ok, Reply: { } reply })
            return [];
        return operation.Command switch
        {
            "GET" or "GETDEL" when reply.Kind == Protocol.Client.ReplyKind.Bulk => [(operation.Arguments[1], Encoding.UTF8.GetString(reply.Bytes.Span))],
            "MGET" => operation.Arguments.Skip(1).Zip(reply.Items)
                .Where(static pair => pair.Second.Kind == Protocol.Client.ReplyKind.Bulk)
                .Select(static pair => (pair.First, Encoding.UTF8.GetString(pair.Second.Bytes.Span))),
            _ => [],
        };
    }
}
