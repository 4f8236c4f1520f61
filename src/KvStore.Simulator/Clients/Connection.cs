using System.Buffers;
using KvStore.Node.Store;
using KvStore.Protocol.Client;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Clients;

/// <summary>
/// A client's connection to one process: Tells the store the batches that a socket's would, and has the replies travel back. It breaks
/// when the process ends, and the client hears of it a little later.
/// </summary>
internal sealed class Connection : ClientBatch
{
    private readonly EventQueue _queue;
    private readonly NodeProcess _process;
    private readonly RequestParser _parser = new(RequestLimits.Default);
    private readonly ReplyReader _reader = new();
    private readonly Func<TimeSpan> _delay;
    private bool _isBroken;

    /// <summary>Connects.</summary>
    /// <param name="queue">The world's events.</param>
    /// <param name="process">The process.</param>
    /// <param name="id">Of the connection; growing.</param>
    /// <param name="connectedAtMs">When, by the machine's clock.</param>
    /// <param name="delay">What the way takes, each time.</param>
    public Connection(EventQueue queue, NodeProcess process, long id, long connectedAtMs, Func<TimeSpan> delay)
        : base(RequestLimits.Default)
    {
        _queue = queue;
        _process = process;
        _delay = delay;
        Session = new ClientSession(id, $"client:{id}", "gateway", connectedAtMs);
        process.Lifetime.Ended += () => _queue.After(_delay(), Break);
    }

    /// <summary>Called for each reply, in order.</summary>
    public Action<Reply>? Replied { get; set; }

    /// <summary>Called once when the connection has come to its end, whoever ended it.</summary>
    public Action? Broken { get; set; }

    /// <inheritdoc/>
    public override ClientSession Session { get; }

    /// <summary>True once nothing more can be sent.</summary>
    public bool IsBroken => _isBroken || !_process.Lifetime.IsAlive;

    /// <summary>Sends whole requests. The replies to the ones before must have come.</summary>
    public void Send(ReadOnlyMemory<byte> requests) => _queue.After(_delay(), () => Execute(requests), _process.Lifetime);

    /// <summary>The client hangs up; what is under way is executed or not, and its replies reach nobody.</summary>
    public void HangUp()
    {
        _isBroken = true;
        Replied = null;
        Broken = null;
    }

    /// <inheritdoc/>
    public override void OnExecuted(BatchStatus status, bool mayContinue = false)
    {
        var replies = Commands.Output.Written.ToArray();
        Commands.Output.Clear();
        // A process that was killed in this very turn has sent nothing any more.
        if (!_process.Lifetime.IsAlive)
            return;
        _queue.After(_delay(), () => Receive(replies, status));
        if (status == BatchStatus.OutputFull)
            _process.Store.Tell(this, ActorRefs.NoSender);
        else
            Commands.Reset();
    }

    private void Execute(ReadOnlyMemory<byte> requests)
    {
        _parser.Parse(new ReadOnlySequence<byte>(requests), Commands);
        _process.Store.Tell(this, ActorRefs.NoSender);
    }

    private void Receive(byte[] replies, BatchStatus status)
    {
        // What the end of the connection has overtaken: the client has taken it for unknown, and another connection.
        if (_isBroken)
            return;
        _reader.Append(replies);
        while (_reader.TryRead(out var reply))
            Replied?.Invoke(reply);
        if (status == BatchStatus.Close)
            Break();
    }

    private void Break()
    {
        if (_isBroken)
            return;
        _isBroken = true;
        Broken?.Invoke();
    }
}
