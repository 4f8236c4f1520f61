using System.Runtime.CompilerServices;
using System.Text;
using KvStore.Core.Replication;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>
/// What a command sees while it executes: its arguments, the replica, and where its reply goes. Lives on the stack of
/// one run; arguments are valid until the command returns.
/// </summary>
public ref struct CommandContext
{
    private readonly CommandBatch _batch;
    private byte[] _buffer = [];
    private int _firstArgument;

    internal CommandContext(CommandBatch batch, CommandExecutor executor, ClientSession session)
    {
        _batch = batch;
        Executor = executor;
        Session = session;
        Reply = batch.Reply;
        Replica = executor.Replica;
        Spec = null!;
    }

    /// <summary>The data.</summary>
    public Replica Replica { get; }

    /// <summary>Where the one reply goes.</summary>
    public ReplyWriter Reply { get; }

    /// <summary>The connection that asks.</summary>
    public ClientSession Session { get; }

    /// <summary>The process around the replica.</summary>
    public readonly IServerFacts Facts => Executor.Facts;

    /// <summary>What requests may cost.</summary>
    public readonly RequestLimits Limits => Executor.Limits;

    /// <summary>What this executor counted.</summary>
    public readonly CommandCounters Counters => Executor.Counters;

    /// <summary>The command, or the subcommand, that executes.</summary>
    public CommandSpec Spec { get; internal set; }

    /// <summary>How many arguments there are, the name included.</summary>
    public int Count { get; private set; }

    internal CommandExecutor Executor { get; }

    internal bool IsSuspended { get; set; }

    /// <summary>Argument <paramref name="index"/>; 0 is the command's name.</summary>
    public readonly ReadOnlySpan<byte> this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _batch.Slice(_buffer, _firstArgument + index);
    }

    internal void Point(ref readonly RequestCommand request)
    {
        _buffer = request.Buffer;
        _firstArgument = request.FirstArgument;
        Count = request.ArgumentCount;
    }

    /// <summary>
    /// Has the command, which wrote no reply that counts, executed again when the store finds that what it waits for may have
    /// come. Then <see cref="ClientSession.Waiting"/> is <paramref name="state"/>: by this the command knows what it has done.
    /// </summary>
    public void Suspend(object state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Session.Waiting = state;
        IsSuspended = true;
    }

    /// <summary>True when argument <paramref name="index"/> is <paramref name="word"/>, in any case.</summary>
    public readonly bool Is(int index, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(this[index], word);

    /// <summary>
    /// Argument <paramref name="index"/> with each byte as one character, so that an error can repeat any bytes; up to a
    /// NUL, where Redis's C strings end.
    /// </summary>
    public readonly string Text(int index)
    {
        var bytes = this[index];
        var end = bytes.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Reads argument <paramref name="index"/> as an integer, or answers Redis's error and returns false.</summary>
    public readonly bool TryInteger(int index, out long value)
    {
        if (AsciiInteger.TryParse(this[index], out value))
            return true;
        Reply.Error(Errors.NotAnInteger);
        return false;
    }
}
