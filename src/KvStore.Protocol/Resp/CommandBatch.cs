using System.Runtime.CompilerServices;
using KvStore.Protocol.Commands;

namespace KvStore.Protocol.Resp;

/// <summary>Where one argument lies, as an offset into its command's buffer.</summary>
public readonly record struct ArgumentRange(int Offset, int Length);

/// <summary>One parsed request: a command with its arguments, or the error that stands in its place.</summary>
public readonly struct RequestCommand
{
    internal RequestCommand(CommandSpec? spec, byte[] buffer, int firstArgument, int argumentCount, bool isText)
    {
        Spec = spec;
        Buffer = buffer;
        FirstArgument = firstArgument;
        ArgumentCount = argumentCount;
        IsText = isText;
    }

    internal RequestCommand(RequestError error, bool isText)
    {
        Error = error;
        Buffer = [];
        IsText = isText;
    }

    /// <summary>What to execute; null when the name is not in the table, or <see cref="Error"/> is set.</summary>
    public CommandSpec? Spec { get; }

    /// <summary>Why there is nothing to execute.</summary>
    public RequestError? Error { get; }

    /// <summary>How many arguments there are, the name included.</summary>
    public int ArgumentCount { get; }

    /// <summary>True when it came as a text line and is answered as one.</summary>
    public bool IsText { get; }

    /// <summary>The bytes that the arguments lie in: the transport's segment, or the parser's scratch.</summary>
    internal byte[] Buffer { get; }

    internal int FirstArgument { get; }
}

/// <summary>
/// All complete requests of one read, and the buffer that their replies go to. Flat and reused: a connection has one,
/// which it fills, hands to the store, flushes and resets. Never touched by two threads at once; who holds it owns it.
/// </summary>
public sealed class CommandBatch
{
    // Beyond this, bookkeeping that one huge request made grow is given back at the reset.
    private const int RetainedArguments = 4 * 1024;

    private RequestCommand[] _commands = new RequestCommand[16];
    private ArgumentRange[] _arguments = new ArgumentRange[64];

    /// <summary>Creates an empty batch whose replies stay within <paramref name="limits"/>.</summary>
    public CommandBatch(RequestLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        Output = new ReplyBuffer(limits.MaxReplyBytes);
        Reply = new ReplyWriter(Output);
    }

    /// <summary>The reply bytes; the connection sends and then clears them.</summary>
    public ReplyBuffer Output { get; }

    /// <summary>How many requests there are.</summary>
    public int Count { get; private set; }

    /// <summary>The next request to execute; moved on by the executor, which may pause in the middle of a batch.</summary>
    public int Next { get; internal set; }

    /// <summary>True when no further request is taken before the batch was executed and reset.</summary>
    public bool IsFull => Count >= RequestLimits.MaxCommandsPerBatch || ArgumentTotal >= RequestLimits.MaxCommandsPerBatch * 16;

    internal ReplyWriter Reply { get; }

    internal int ArgumentTotal { get; private set; }

    /// <summary>The request at <paramref name="index"/>.</summary>
    public ref readonly RequestCommand this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _commands[index];
    }

    /// <summary>Whether a request that is not executed yet may write.</summary>
    public bool HasWritesAhead => HasWritesFrom(Next);

    /// <summary>Whether any request, executed or not, may write or have written.</summary>
    public bool HasWrites => HasWritesFrom(0);

    /// <summary>Replaces all replies by one error, and drops the requests that were not executed.</summary>
    public void Abandon(string error)
    {
        var format = Count > 0 && _commands[0].IsText ? ReplyFormat.Text : ReplyFormat.Resp2;
        Output.Clear();
        Reply.Begin(format);
        Reply.Error(error);
        Next = Count;
    }

    /// <summary>Argument <paramref name="argument"/> of request <paramref name="command"/>; 0 is the command's name.</summary>
    public ReadOnlySpan<byte> Argument(int command, int argument)
    {
        ref var request = ref _commands[command];
        ArgumentOutOfRangeException.ThrowIfNegative(argument);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(argument, request.ArgumentCount);
        return Slice(request.Buffer, request.FirstArgument + argument);
    }

    /// <summary>Forgets the requests, executed or not, and lets go of their buffers. The output stays.</summary>
    public void Reset()
    {
        Array.Clear(_commands, 0, Count);
        Count = 0;
        Next = 0;
        ArgumentTotal = 0;
        if (_arguments.Length > RetainedArguments)
            _arguments = new ArgumentRange[64];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> Slice(byte[] buffer, int argument)
    {
        var range = _arguments[argument];
        return new ReadOnlySpan<byte>(buffer, range.Offset, range.Length);
    }

    internal ReadOnlySpan<ArgumentRange> Arguments(int first, int count) => _arguments.AsSpan(first, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AddArgument(int offset, int length)
    {
        var arguments = _arguments;
        var at = ArgumentTotal;
        if ((uint)at >= (uint)arguments.Length)
            arguments = GrowArguments();
        arguments[at] = new ArgumentRange(offset, length);
        ArgumentTotal = at + 1;
    }

    internal void DropArguments(int first) => ArgumentTotal = first;

    internal void AddCommand(CommandSpec? spec, byte[] buffer, int firstArgument, bool isText) =>
        Add(new RequestCommand(spec, buffer, firstArgument, ArgumentTotal - firstArgument, isText));

    internal void AddError(RequestError error, bool isText) => Add(new RequestCommand(error, isText));

    private bool HasWritesFrom(int index)
    {
        for (var i = index; i < Count; i++)
        {
            if (_commands[i].Spec is { } spec && spec.Flags.HasFlag(CommandFlags.Write))
                return true;
        }
        return false;
    }

    private void Add(in RequestCommand command)
    {
        if (Count == _commands.Length)
            Array.Resize(ref _commands, _commands.Length * 2);
        _commands[Count++] = command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ArgumentRange[] GrowArguments()
    {
        Array.Resize(ref _arguments, _arguments.Length * 2);
        return _arguments;
    }
}
