using KvStore.Protocol.Client;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Clients;

/// <summary>Every operation of a run, in the order of the calls.</summary>
internal sealed class History(EventQueue queue, Trace trace)
{
    private readonly List<Operation> _operations = [];
    private long _connections;

    /// <summary>All of them.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Called when an operation has been answered, or given up.</summary>
    public Action<Operation>? Returned { get; set; }

    /// <summary>A number for a connection.</summary>
    public long NextConnection() => ++_connections;

    /// <summary>A client sends a command.</summary>
    public Operation Call(int client, Machine machine, string[] arguments)
    {
        var operation = new Operation(_operations.Count, client, machine.Index, arguments, queue.Now, machine.Clock.NowMs) { StartId = machine.Process!.StartId };
        _operations.Add(operation);
        trace.Note(TraceKind.Call, operation.Id, client, machine.Index);
        foreach (var argument in arguments)
            trace.Note(argument);
        if (trace.IsRead)
            trace.Say($"client {client}", $"-> {machine.Name} {string.Join(' ', arguments)}");
        return operation;
    }

    /// <summary>It was answered; or given up, without a reply.</summary>
    public void Return(Operation operation, Machine machine, Reply? reply)
    {
        operation.End(queue.Now, machine.Clock.NowMs, reply);
        trace.Note(TraceKind.Return, operation.Id, (long)operation.Outcome);
        if (reply is not null && IsReproducible(operation))
            trace.Note(reply.ToString());
        if (trace.IsRead)
            trace.Say($"client {operation.Client}", $"<- {machine.Name} {operation.Outcome} {reply}");
        Returned?.Invoke(operation);
    }

    // Memory and process id are those of the process that simulates.
    private static bool IsReproducible(Operation operation) => operation.Command != "INFO";
}
