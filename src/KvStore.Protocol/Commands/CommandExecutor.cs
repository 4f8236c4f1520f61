using System.Text;
using KvStore.Core;
using KvStore.Core.Replication;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>Where a run of a batch ended.</summary>
public enum BatchStatus
{
    /// <summary>All requests were answered; the batch can be reset once its output is sent.</summary>
    Done,

    /// <summary>The output is full: send and clear it, and run the batch again.</summary>
    OutputFull,

    /// <summary>Send the output and close the connection: QUIT, or a protocol error. Further requests are dropped.</summary>
    Close,

    /// <summary>
    /// A command waits for something: keep the batch and run it again when <see cref="ClientSession.Waiting"/> may have come.
    /// What was answered before it is in the output, and what stands behind it waits with it.
    /// </summary>
    Suspended,
}

/// <summary>
/// Executes batches against the replica, one at a time, on the store's turn. Owned by the store; holds no state of a
/// connection but its counters.
/// </summary>
public sealed class CommandExecutor
{
    // What Redis repeats of an unknown command's name, and of its arguments.
    private const int MaxRepeatedBytes = 128;

    /// <summary>Creates the executor of one store.</summary>
    public CommandExecutor(Replica replica, IServerFacts facts, RequestLimits limits)
    {
        ArgumentNullException.ThrowIfNull(replica);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(limits);
        Replica = replica;
        Facts = facts;
        Limits = limits;
    }

    /// <summary>What this executor counted.</summary>
    public CommandCounters Counters { get; } = new();

    internal Replica Replica { get; }

    internal IServerFacts Facts { get; }

    internal RequestLimits Limits { get; }

    /// <summary>
    /// Executes the batch from where it stopped, writing replies to its output, until it ends, the output is full or
    /// the connection is to be closed, or a command waits. An executor that throws answers <c>ERR internal error</c> and
    /// nothing else.
    /// </summary>
    public BatchStatus Run(CommandBatch batch, ClientSession session)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(session);
        session.LastActiveAtMs = Replica.NowMs;
        var context = new CommandContext(batch, this, session);
        while (true)
        {
            try
            {
                return Run(batch, ref context);
            }
            catch (Exception error) when (error is not (OutOfMemoryException or CorruptStateException))
            {
                Recover(batch, ref context, error);
            }
        }
    }

    private BatchStatus Run(CommandBatch batch, ref CommandContext context)
    {
        var gate = new Gate(Facts.Loading, Facts.WriteRefusal);
        var format = context.Session.Format;
        var isResumed = context.Session.Waiting is not null;
        while (batch.Next < batch.Count)
        {
            if (batch.Output.Length >= Limits.MaxOutputBytes)
                return BatchStatus.OutputFull;
            ref readonly var request = ref batch[batch.Next++];
            batch.Reply.Begin(request.IsText ? ReplyFormat.Text : format);
            context.Point(in request);
            Counters.Processed++;
            var spec = request.Spec;
            if (spec is null)
                Reject(in request, ref context);
            else
                Execute(spec, ref context, in gate);
            if (context.IsSuspended)
                return Suspend(batch, ref context);
            if (isResumed)
            {
                context.Session.Waiting = null;
                isResumed = false;
            }
            if (context.Session.Closing)
            {
                batch.Next = batch.Count;
                return BatchStatus.Close;
            }
            format = context.Session.Format;
        }
        return BatchStatus.Done;
    }

    // The command will be executed again: as if it had not been.
    private BatchStatus Suspend(CommandBatch batch, ref CommandContext context)
    {
        context.IsSuspended = false;
        batch.Reply.Rollback();
        batch.Next--;
        Counters.Processed--;
        return BatchStatus.Suspended;
    }

    private void Execute(CommandSpec spec, ref CommandContext context, ref readonly Gate gate)
    {
        if (spec.Subcommands.Count > 0 && context.Count > 1)
        {
            var container = spec;
            spec = container.FindSubcommand(context[1])!;
            if (spec is null)
            {
                Counters.Rejected++;
                context.Reply.Error(
                    $"ERR unknown subcommand '{Cut(context.Text(1))}'. Try {container.Name.ToUpperInvariant()} HELP.");
                return;
            }
        }
        context.Spec = spec;
        context.Session.LastCommand = spec;
        if (!spec.Accepts(context.Count))
        {
            Counters.Rejected++;
            context.Reply.Error(Errors.WrongArity(spec));
        }
        else if (gate.Loading && !spec.IsAnsweredWhileLoading)
        {
            context.Reply.Error(Errors.Loading);
        }
        else if (gate.WriteRefusal is not null && spec.IsWrite)
        {
            context.Reply.Error(gate.WriteRefusal);
        }
        else if (spec.NeedsRoom && !Replica.MakeRoom())
        {
            Counters.Rejected++;
            context.Reply.Error(Errors.OutOfMemory);
        }
        else
        {
            spec.Method(ref context);
        }
    }

    private void Reject(ref readonly RequestCommand request, ref CommandContext context)
    {
        Counters.Rejected++;
        if (request.Error is null)
        {
            context.Reply.Error(UnknownCommand(in context));
            return;
        }
        context.Reply.Error(request.Error.Message);
        context.Session.Closing |= request.Error.Closes;
    }

    // Redis prints the arguments into a C string of 128 bytes, the last one cut.
    private static string UnknownCommand(ref readonly CommandContext context)
    {
        var text = new StringBuilder();
        for (var i = 1; i < context.Count && text.Length < MaxRepeatedBytes; i++)
        {
            var argument = context.Text(i);
            text.Append('\'').Append(argument, 0, Math.Min(argument.Length, MaxRepeatedBytes - text.Length + 1)).Append("' ");
        }
        return $"ERR unknown command '{Cut(context.Text(0))}', with args beginning with: {text}";
    }

    private static string Cut(string text) => text.Length <= MaxRepeatedBytes ? text : text[..MaxRepeatedBytes];

    private void Recover(CommandBatch batch, ref CommandContext context, Exception error)
    {
        batch.Reply.Rollback();
        context.IsSuspended = false;
        context.Session.Waiting = null;
        if (error is ReplyTooLongException)
        {
            batch.Reply.Error($"ERR reply exceeds kv.limits.reply ({Limits.MaxReplyBytes} bytes)");
            return;
        }
        Counters.Failed++;
        batch.Reply.Error(Errors.Internal);
        Facts.OnExecutorFailure(context.Session.LastCommand?.Name ?? "", error);
    }

    /// <summary>What stands in the way of some commands. Asked once for a batch: it changes between turns only.</summary>
    private readonly record struct Gate(bool Loading, string? WriteRefusal);
}
