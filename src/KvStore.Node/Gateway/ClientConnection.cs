using System.Buffers;
using System.Threading.Tasks.Sources;
using KvStore.Node.Store;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;
using Microsoft.AspNetCore.Connections;

namespace KvStore.Node.Gateway;

/// <summary>
/// One client: reads its bytes, Tells all complete commands to the store as one batch, and sends the replies when the batch comes
/// back. It is its own batch and its own awaitable, so that a read costs no allocation. At most one batch is under way,
/// which keeps replies in the order of requests. Should the store have ended, the batch does not come back; the connection then ends with
/// the gateway's drain.
/// </summary>
internal sealed class ClientConnection(ConnectionContext transport, ClientSession session, RequestLimits limits, IActorRef store, TimeProvider time)
    : ClientBatch(limits), IValueTaskSource<BatchStatus>
{
    private const int PhaseBits = 2;
    private const long PhaseMask = (1 << PhaseBits) - 1;

    private readonly RequestParser _parser = new(limits);

    private ManualResetValueTaskSourceCore<BatchStatus> _executed;

    // What the connection waits for (2 bits) and since when (a timestamp above them), in one word: the sweep for time-outs, which reads
    // it from another thread, must not pair the one with an older other. Written by the connection's own loop.
    private long _waiting;

    /// <summary>What the connection waits for.</summary>
    private enum Phase : long
    {
        Input,
        Store,
        Output,
    }

    /// <inheritdoc/>
    public override ClientSession Session { get; } = session;

    /// <inheritdoc/>
    public override void OnExecuted(BatchStatus status, bool mayContinue = false)
    {
        _executed.RunContinuationsAsynchronously = !mayContinue;
        _executed.SetResult(status);
    }

    /// <summary>Serves the client until it leaves, quits, breaks the protocol, or the gateway stops.</summary>
    public async Task RunAsync()
    {
        var input = transport.Transport.Input;
        while (true)
        {
            WaitFor(Phase.Input);
            var read = await input.ReadAsync();
            var buffer = read.Buffer;
            var isOpen = !read.IsCanceled;
            while (isOpen && !buffer.IsEmpty)
            {
                buffer = buffer.Slice(_parser.Parse(buffer, Commands));
                isOpen = Commands.Count == 0 || await ExecuteAsync();
            }
            input.AdvanceTo(buffer.Start, buffer.End);
            if (!isOpen || read.IsCompleted)
                return;
        }
    }

    /// <summary>Ends the connection when it has waited for too long; called by the sweep.</summary>
    public void CheckTimeouts(GatewaySettings settings)
    {
        var waiting = Volatile.Read(ref _waiting);
        var phase = (Phase)(waiting & PhaseMask);
        var waited = time.GetElapsedTime(waiting >> PhaseBits);
        if (phase == Phase.Output && waited > settings.WriteTimeout)
            transport.Abort(new ConnectionAbortedException("The client did not take its replies within kv.gateway.write-timeout."));
        else if (phase == Phase.Input && settings.IdleTimeout > TimeSpan.Zero && waited > settings.IdleTimeout)
            transport.Transport.Input.CancelPendingRead();
    }

    BatchStatus IValueTaskSource<BatchStatus>.GetResult(short token) => _executed.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<BatchStatus>.GetStatus(short token) => _executed.GetStatus(token);

    void IValueTaskSource<BatchStatus>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _executed.OnCompleted(continuation, state, token, flags);

    /// <summary>Has the batch executed and its replies sent; false when the connection shall end.</summary>
    private async ValueTask<bool> ExecuteAsync()
    {
        BatchStatus status;
        do
        {
            _executed.Reset();
            WaitFor(Phase.Store);
            store.Tell(this, ActorRefs.NoSender);
            status = await new ValueTask<BatchStatus>(this, _executed.Version);
            if (!await SendAsync())
                return false;
        }
        while (status == BatchStatus.OutputFull);
        Commands.Reset();
        return status != BatchStatus.Close;
    }

    private async ValueTask<bool> SendAsync()
    {
        var output = transport.Transport.Output;
        output.Write(Commands.Output.Written);
        Commands.Output.Clear();
        WaitFor(Phase.Output);
        var flushed = await output.FlushAsync();
        return !flushed.IsCompleted;
    }

    private void WaitFor(Phase phase) => Volatile.Write(ref _waiting, (time.GetTimestamp() << PhaseBits) | (long)phase);
}
