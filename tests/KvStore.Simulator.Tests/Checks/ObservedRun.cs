using System.Text;
using KvStore.Protocol.Client;
using KvStore.Simulator.Checks;
using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Faults;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Tests.Checks;

/// <summary>A run of one node without faults, of whose clients a test says what they see.</summary>
internal sealed class ObservedRun : IDisposable
{
    private readonly SynchronizationContext? _before = SynchronizationContext.Current;
    private readonly EventQueue _queue = new();
    private readonly SimulatedCluster _cluster;
    private readonly History _history;

    // Found in the middle of an actor's turn, whose supervisor takes it for the actor's own failure.
    private InvariantViolationException? _found;

    public ObservedRun()
    {
        var plan = PlanDrawer.Draw(1) with { Nodes = 1, Durability = null, Schedule = [], Skews = [TimeSpan.Zero] };
        plan = plan with { Workload = plan.Workload with { OneNode = true } };
        SynchronizationContext.SetSynchronizationContext(new QueueContext(_queue));
        var trace = new Trace(_queue, output: null);
        _cluster = new SimulatedCluster(plan, new Streams(plan.Seed), _queue, trace);
        _history = new History(_queue, trace);
        View = new RunView(plan, _cluster, _history, _queue, new Random(1), new Coverage());
        _cluster.Accepted = (machine, startId) => View.Ledger.TakeDown(machine.Process!.LastReplica!, startId);
    }

    public RunView View { get; }

    public Machine Machine => _cluster.Machines[0];

    /// <summary>Starts the node, which then serves.</summary>
    public void Start(Invariant check)
    {
        View.Ledger.Accepted = written =>
        {
            View.Values.Add(written);
            _found ??= (InvariantViolationException?)Record.Exception(() => check.OnAccepted(written));
        };
        _history.Returned = check.OnReturned;
        _cluster.Start(Machine);
        check.OnStarted(Machine);
        RunUntil(() => Machine.Process!.Replica is { Ready: true });
    }

    /// <summary>A client sends a command, which nothing executes.</summary>
    public Operation Call(params string[] arguments)
    {
        Pass();
        return _history.Call(0, Machine, arguments);
    }

    /// <summary>It is answered with this.</summary>
    public void Return(Operation operation, string reply)
    {
        Pass();
        var reader = new ReplyReader();
        reader.Append(Encoding.UTF8.GetBytes(reply));
        reader.TryRead(out var read).ShouldBeTrue();
        _history.Return(operation, Machine, read);
    }

    /// <summary>A client sends a command, and is answered by the node.</summary>
    public void Execute(params string[] arguments)
    {
        var operation = Call(arguments);
        var connection = new Connection(_queue, Machine.Process!, 1, 0, static () => TimeSpan.Zero)
        {
            Replied = reply => _history.Return(operation, Machine, reply),
        };
        var request = new System.Buffers.ArrayBufferWriter<byte>();
        RequestWriter.Write(request, [.. arguments.Select(Encoding.UTF8.GetBytes)]);
        connection.Send(request.WrittenMemory);
        RunUntil(() => operation.Return is not null);
        Pass();
    }

    public void Dispose()
    {
        _cluster.Dispose();
        SynchronizationContext.SetSynchronizationContext(_before);
    }

    private void Pass()
    {
        var until = _queue.Now + TimeSpan.FromMilliseconds(1);
        while (_queue.RunNext(until))
            _cluster.Watch();
        if (_found is not null)
            throw new InvariantViolationException(_found.Violation);
    }

    private void RunUntil(Func<bool> condition)
    {
        var limit = _queue.Now + TimeSpan.FromMinutes(1);
        while (!condition())
        {
            _queue.Now.ShouldBeLessThan(limit);
            Pass();
        }
    }
}
