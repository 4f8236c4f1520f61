using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KvStore.Protocol.Commands;

namespace KvStore.Protocol.Resp;

/// <summary>
/// Cuts a connection's bytes into requests, whatever their fragmentation. One per connection.
/// <code>
/// stream   = { request }
/// request  = array | line
/// array    = "*" count CRLF { "$" length CRLF length*OCTET CRLF }     count ≤ 0 is ignored
/// line     = *OCTET [CR] LF                                           does not begin with "*"; see TextTokenizer
/// </code>
/// A request that lies whole in one segment is not copied: its arguments point into the segment, which must stay valid
/// until the batch is reset. Everything else (straddling, incomplete, beyond a limit, malformed) goes through the
/// assembly (see the other file), which keeps its state between calls and looks at each byte once.
/// </summary>
public sealed partial class RequestParser
{
    private readonly RequestLimits _limits;
    private readonly CommandTable _table;

    // An argument above this cannot be taken on the fast path without asking which limit applies to it.
    private readonly int _uncheckedArgumentBytes;

    /// <summary>Creates a parser for one connection.</summary>
    public RequestParser(RequestLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        _table = CommandTable.Default;
        _uncheckedArgumentBytes = Math.Min(limits.MaxKeyBytes, limits.MaxValueBytes);
    }

    /// <summary>True after a protocol error: the rest of the stream is swallowed unread.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes held for a request that is not complete yet.</summary>
    public int HeldBytes => (_scratch?.Length ?? 0) + (_partial.Length * Unsafe.SizeOf<ArgumentRange>());

    /// <summary>
    /// Takes requests from <paramref name="input"/> into <paramref name="batch"/> until either ends, and returns where
    /// it stopped. Unless the batch is full that is the end of the input, for an incomplete request is kept here.
    /// </summary>
    public SequencePosition Parse(in ReadOnlySequence<byte> input, CommandBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (input.IsSingleSegment)
        {
            var consumed = Parse(input.First, batch);
            return input.GetPosition(consumed);
        }
        var total = 0L;
        foreach (var memory in input)
        {
            var consumed = Parse(memory, batch);
            total += consumed;
            if (consumed < memory.Length)
                break;
        }
        return input.GetPosition(total);
    }

    /// <summary>As above, for one piece of memory; returns how many bytes were consumed.</summary>
    public int Parse(ReadOnlyMemory<byte> input, CommandBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        // Pipes hand out arrays; anything else is copied once, so that arguments can point into an array.
        if (!MemoryMarshal.TryGetArray(input, out var segment))
            segment = new ArraySegment<byte>(input.ToArray());
        if (segment.Array is null)
            return 0;
        if (batch.Count == 0)
            RewindScratch();
        var start = segment.Offset;
        var position = start;
        var end = start + segment.Count;
        while (position < end && !batch.IsFull)
        {
            if (Failed)
                return segment.Count;
            if (_state == State.Start && TryTakeWhole(segment.Array, ref position, end, batch))
                continue;
            position = Assemble(segment.Array, position, end, batch);
        }
        return position - start;
    }

    // Takes one request that lies whole in [position, end); false leaves everything as it was.
    private bool TryTakeWhole(byte[] buffer, ref int position, int end, CommandBatch batch)
    {
        ref var bytes = ref MemoryMarshal.GetArrayDataReference(buffer);
        return Unsafe.Add(ref bytes, position) == '*'
            ? TryTakeArray(ref bytes, buffer, ref position, end, batch)
            : TryTakeLine(buffer, ref position, end, batch);
    }

    private bool TryTakeArray(ref byte bytes, byte[] buffer, ref int position, int end, CommandBatch batch)
    {
        var at = position + 1;
        if (!TryReadLength(ref bytes, ref at, end, out var count) || count > _limits.MaxArguments)
            return false;
        if (count == 0)
        {
            position = at;
            return true;
        }
        var first = batch.ArgumentTotal;
        var longest = 0;
        for (var i = 0; i < count; i++)
        {
            if (at >= end || Unsafe.Add(ref bytes, at) != '$')
                return GiveBack(batch, first);
            at++;
            if (!TryReadLength(ref bytes, ref at, end, out var length) || end - at < length + 2)
                return GiveBack(batch, first);
            if (Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bytes, at + length)) != CrLf)
                return GiveBack(batch, first);
            batch.AddArgument(at, length);
            longest = Math.Max(longest, length);
            at += length + 2;
        }
        if (longest > _uncheckedArgumentBytes || at - position > _limits.MaxRequestBytes)
            return GiveBack(batch, first);
        var name = batch.Arguments(first, 1)[0];
        var spec = _table.Find(new ReadOnlySpan<byte>(buffer, name.Offset, name.Length));
        batch.AddCommand(spec, buffer, first, isText: false);
        position = at;
        return true;
    }

    private bool TryTakeLine(byte[] buffer, ref int position, int end, CommandBatch batch)
    {
        var length = buffer.AsSpan(position, end - position).IndexOf((byte)'\n');
        if (length < 0 || length > _limits.MaxLineBytes)
            return false;
        TakeLine(buffer, position, length, isOwned: false, batch);
        position += length + 1;
        return true;
    }

    private static bool GiveBack(CommandBatch batch, int first)
    {
        batch.DropArguments(first);
        return false;
    }

    // CRLF as a little-endian word.
    private const ushort CrLf = '\r' | ('\n' << 8);

    // Up to seven digits without a sign or a leading zero, and CRLF. Everything rarer is left to the assembly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadLength(ref byte bytes, ref int position, int end, out int length)
    {
        length = 0;
        var at = position;
        if (end - at < 3)
            return false;
        var digit = (uint)(Unsafe.Add(ref bytes, at) - '0');
        if (digit > 9)
            return false;
        var value = (int)digit;
        at++;
        var limit = value == 0 ? at : Math.Min(end - 2, position + 7);
        while (at < limit && (digit = (uint)(Unsafe.Add(ref bytes, at) - '0')) <= 9)
        {
            value = (value * 10) + (int)digit;
            at++;
        }
        if (end - at < 2 || Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bytes, at)) != CrLf)
            return false;
        position = at + 2;
        length = value;
        return true;
    }
}
