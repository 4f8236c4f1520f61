using KvStore.Protocol.Client;

namespace KvStore.Simulator.Clients;

/// <summary>What a client knows of the end of an operation.</summary>
internal enum Outcome
{
    /// <summary>It has not ended, or nobody will ever say how: applied, or not, now or later.</summary>
    Unknown,

    /// <summary>Answered.</summary>
    Ok,

    /// <summary>Answered by an error that says that nothing was changed.</summary>
    Failed,
}

/// <summary>One command of one client, from its call to its return.</summary>
internal sealed class Operation(int id, int client, int machine, string[] arguments, TimeSpan call, long machineMsAtCall)
{
    /// <summary>Counts from 0 through the run.</summary>
    public int Id => id;

    /// <summary>Which client.</summary>
    public int Client => client;

    /// <summary>Which machine it was sent to.</summary>
    public int Machine => machine;

    /// <summary>The start id of the process that it was sent to.</summary>
    public ulong StartId { get; init; }

    /// <summary>The command and its arguments.</summary>
    public string[] Arguments => arguments;

    /// <summary>The command.</summary>
    public string Command => arguments[0];

    /// <summary>When it was sent.</summary>
    public TimeSpan Call => call;

    /// <summary>What the machine's clock showed then, in Unix milliseconds.</summary>
    public long MachineMsAtCall => machineMsAtCall;

    /// <summary>When it was answered, or given up.</summary>
    public TimeSpan? Return { get; private set; }

    /// <summary>What the machine's clock showed then, in Unix milliseconds.</summary>
    public long MachineMsAtReturn { get; private set; }

    /// <summary>How it ended.</summary>
    public Outcome Outcome { get; private set; }

    /// <summary>The answer; null without one.</summary>
    public Reply? Reply { get; private set; }

    /// <summary>It was answered.</summary>
    public void End(TimeSpan now, long machineMs, Reply? reply)
    {
        Return = now;
        MachineMsAtReturn = machineMs;
        Reply = reply;
        // The product says so itself where an error does not mean that nothing happened.
        if (reply is not null)
            Outcome = !reply.IsError ? Outcome.Ok : reply.ToString().Contains("may or may not", StringComparison.Ordinal) ? Outcome.Unknown : Outcome.Failed;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"#{id} client {client} at n{machine + 1}: {string.Join(' ', arguments)} -> {Outcome} {Reply}";
}
