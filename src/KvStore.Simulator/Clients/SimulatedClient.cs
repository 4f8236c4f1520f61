using System.Buffers;
using System.Text;
using KvStore.Protocol.Client;
using KvStore.Simulator.Clients.Generators;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Faults;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Clients;

/// <summary>
/// One client: sends a command, or a few at once, waits for the replies, thinks, and goes on; where a node does not answer within its
/// patience, or the connection breaks, it goes to another.
/// </summary>
internal sealed class SimulatedClient(int number, WorkloadPlan plan, Workload workload, SimulatedCluster cluster, EventQueue queue, Random random, History history)
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(100);

    private readonly Queue<Operation> _waiting = new();
    private Connection? _connection;
    private Machine? _machine;
    private long _asked;

    /// <summary>False once it sends nothing more.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Begins after a while.</summary>
    public void Begin() => queue.After(Think(), Next);

    private void Next()
    {
        if (!IsActive)
            return;
        if (_connection is null or { IsBroken: true } && !TryConnect())
        {
            queue.After(Reconnect, Next);
            return;
        }
        var output = new ArrayBufferWriter<byte>();
        for (var left = random.Next(8) == 0 ? random.Next(2, 6) : 1; left > 0; left--)
        {
            var operation = history.Call(number, _machine!, workload.Draw(number, _machine!.Clock.NowMs));
            _waiting.Enqueue(operation);
            if (operation.Command == Mistakes.Raw)
                output.Write(Encoding.UTF8.GetBytes(operation.Arguments[1]));
            else
                RequestWriter.Write(output, [.. operation.Arguments.Select(Encoding.UTF8.GetBytes)]);
        }
        _connection!.Send(output.WrittenMemory);
        var asked = ++_asked;
        queue.After(plan.Patience, () => GiveUp(asked));
    }

    private bool TryConnect()
    {
        var running = plan.OneNode ? cluster.Machines.Take(1).Where(static m => m.IsRunning).ToList() : cluster.Running.ToList();
        if (running.Count == 0)
            return false;
        // What it was may yet learn that its process has ended, which is no news of the one that comes.
        Leave();
        _machine = running[random.Next(running.Count)];
        var connection = new Connection(queue, _machine.Process!, history.NextConnection(), _machine.Clock.NowMs, Delay);
        connection.Replied = OnReply;
        connection.Broken = OnBroken;
        _connection = connection;
        return true;
    }

    private void OnReply(Reply reply)
    {
        if (!_waiting.TryDequeue(out var operation))
            return;
        history.Return(operation, _machine!, reply);
        if (_waiting.Count > 0)
            return;
        _asked++;
        // One that loads says so for long: another may serve.
        if (reply.IsError && !plan.OneNode && random.Next(4) == 0)
            Leave();
        queue.After(Think(), Next);
    }

    private void GiveUp(long asked)
    {
        if (asked != _asked)
            return;
        Leave();
        EndUnknown();
        queue.After(Think(), Next);
    }

    private void OnBroken()
    {
        _connection = null;
        if (_waiting.Count == 0)
            return;
        _asked++;
        EndUnknown();
        queue.After(Think(), Next);
    }

    private void EndUnknown()
    {
        while (_waiting.TryDequeue(out var operation))
            history.Return(operation, _machine!, reply: null);
    }

    private void Leave()
    {
        _connection?.HangUp();
        _connection = null;
    }

    private TimeSpan Think() => plan.Think * -Math.Log(1 - random.NextDouble());

    private TimeSpan Delay() => TimeSpan.FromMicroseconds(random.Next(20, 500));
}
