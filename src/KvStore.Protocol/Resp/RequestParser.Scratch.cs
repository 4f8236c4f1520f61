using KvStore.Protocol.Text;

namespace KvStore.Protocol.Resp;

/// <content>The parser's own bytes, and the text lines that are cut in them.</content>
public sealed partial class RequestParser
{
    // Before a batch is filled anew nothing points into the scratch but the request in the making.
    private void RewindScratch()
    {
        if (_scratchUsed == 0)
            return;
        if (_partialBytes > 0)
            Buffer.BlockCopy(_scratch!, _scratchUsed, _scratch!, 0, _partialBytes);
        _scratchUsed = 0;
    }

    // Appends to the request in the making. `expected` is what its argument still needs: growth stops there.
    private void Append(ReadOnlySpan<byte> bytes, long expected)
    {
        if (bytes.IsEmpty)
            return;
        if (_scratch is null || _scratch.Length - _scratchUsed - _partialBytes < bytes.Length)
            GrowScratch(bytes.Length, expected);
        bytes.CopyTo(_scratch.AsSpan(_scratchUsed + _partialBytes));
        _partialBytes += bytes.Length;
    }

    // Doubles; where one long argument makes up the rest, only to its end. Always by a quarter at least, or a request of
    // many short arguments would be copied again and again. The batch keeps the old array alive while it points into it.
    private void GrowScratch(int needed, long expected)
    {
        const int minimum = 1024;
        var wanted = Math.Max(2L * _partialBytes, minimum);
        if (expected >= Math.Max(_partialBytes / 4, minimum))
            wanted = Math.Min(wanted, _partialBytes + expected);
        var grown = GC.AllocateUninitializedArray<byte>((int)Math.Max(wanted, (long)_partialBytes + needed));
        _scratch.AsSpan(_scratchUsed, _partialBytes).CopyTo(grown);
        _scratch = grown;
        _scratchUsed = 0;
    }

    private void AddPartialArgument(int length)
    {
        if (_partialCount == _partial.Length)
            Array.Resize(ref _partial, Math.Max(4, _partial.Length * 2));
        _partial[_partialCount++] = new ArgumentRange(_partialBytes, length);
    }

    private void ReleaseLargeBuffers()
    {
        if (_scratch is { Length: > RetainedScratchBytes })
        {
            _scratch = null;
            _scratchUsed = 0;
        }
        if (_partial.Length > RetainedScratchBytes / 8)
            _partial = [];
    }

    // Cuts a line, without its newline, into a command. Quoted lines are unescaped in place, hence on an own copy.
    private void TakeLine(byte[] buffer, int start, int length, bool isOwned, CommandBatch batch)
    {
        if (length > 0 && buffer[start + length - 1] == '\r')
            length--;
        if (!isOwned && buffer.AsSpan(start, length).IndexOfAny((byte)'"', (byte)'\'') >= 0)
        {
            Append(buffer.AsSpan(start, length), length);
            buffer = _scratch!;
            start = _scratchUsed;
            _scratchUsed += length;
            _partialBytes = 0;
        }
        var first = batch.ArgumentTotal;
        var tokens = new TextTokenizer(buffer.AsSpan(start, length));
        while (tokens.MoveNext())
            batch.AddArgument(start + tokens.Offset, tokens.Length);
        if (tokens.IsUnbalanced)
        {
            batch.DropArguments(first);
            batch.AddError(RequestError.UnbalancedQuotes, isText: true);
        }
        else if (batch.ArgumentTotal > first)
        {
            AddLine(buffer, first, batch);
        }
    }

    private void AddLine(byte[] buffer, int first, CommandBatch batch)
    {
        var arguments = batch.Arguments(first, batch.ArgumentTotal - first);
        var spec = _table.Find(buffer.AsSpan(arguments[0].Offset, arguments[0].Length));
        for (var i = 0; i < arguments.Length; i++)
        {
            var length = arguments[i].Length;
            var isKey = length > _limits.MaxKeyBytes && spec is not null && spec.IsKey(i, arguments.Length);
            if (!isKey && length <= _limits.MaxValueBytes)
                continue;
            batch.DropArguments(first);
            batch.AddError(
                isKey ? RequestError.KeyTooLong(length, _limits) : RequestError.ValueTooLong(length, _limits), isText: true);
            return;
        }
        batch.AddCommand(spec, buffer, first, isText: true);
    }
}
