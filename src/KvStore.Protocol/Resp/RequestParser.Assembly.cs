using KvStore.Protocol.Commands;

namespace KvStore.Protocol.Resp;

/// <content>
/// The assembly: a state machine for requests that do not lie whole in one segment. Argument bytes are copied to the
/// scratch as they come; framing is not kept. The scratch grows with what has arrived, never with what was announced.
/// </content>
public sealed partial class RequestParser
{
    // A length line longer than this never ends in time; Redis gives up at 64 KiB, with the same words.
    private const int MaxHeaderBytes = 32;

    // What an idle connection may keep of its scratch.
    private const int RetainedScratchBytes = 16 * 1024;

    private readonly byte[] _header = new byte[MaxHeaderBytes];
    private State _state;
    private int _headerLength;

    private byte[]? _scratch;
    private int _scratchUsed; // bytes of requests that the batch still points to
    private int _partialBytes; // bytes of the request in the making, behind them
    private ArgumentRange[] _partial = []; // its arguments, relative to its first byte
    private int _partialCount;

    private long _announced; // arguments that the array announced
    private long _awaited; // of those, not complete yet
    private long _bulkRemaining;
    private long _requestBytes; // on the wire, framing included
    private CommandSpec? _spec;
    private RequestError? _skip; // why the request in the making is skipped

    private enum State
    {
        Start,
        ArrayLength,
        ArrayLengthEnd,
        Dollar,
        BulkLength,
        BulkLengthEnd,
        Bulk,
        BulkCr,
        BulkLf,
        Line,
        SkippedLine,
    }

    // Feeds [position, end) until one request is complete (or failed) or the bytes end; returns where it stopped.
    private int Assemble(byte[] buffer, int position, int end, CommandBatch batch)
    {
        var count = batch.Count;
        while (position < end && batch.Count == count && !Failed)
        {
            switch (_state)
            {
                case State.Start:
                    Begin(buffer[position]);
                    if (_state == State.ArrayLength)
                        position++;
                    _requestBytes = _state == State.ArrayLength ? 1 : 0;
                    break;
                case State.ArrayLength or State.BulkLength:
                    ReadHeader(buffer[position++], batch);
                    break;
                case State.ArrayLengthEnd:
                    EndArrayLength(buffer[position++], batch);
                    if (_state == State.Start)
                        return position;
                    break;
                case State.Dollar:
                    ReadDollar(buffer[position++], batch);
                    break;
                case State.BulkLengthEnd:
                    EndBulkLength(buffer[position++], batch);
                    break;
                case State.Bulk:
                    position += ReadBulk(buffer.AsSpan(position, end - position));
                    break;
                case State.BulkCr:
                    Expect(buffer[position++], (byte)'\r', State.BulkLf, RequestError.MissingCrLf, batch);
                    break;
                case State.BulkLf:
                    EndBulk(buffer[position++], batch);
                    break;
                default:
                    position += ReadLine(buffer.AsSpan(position, end - position), batch);
                    if (_state == State.Start)
                        return position;
                    break;
            }
        }
        return position;
    }

    private void Begin(byte first)
    {
        _state = first == '*' ? State.ArrayLength : State.Line;
        _headerLength = 0;
        _partialBytes = 0;
        _partialCount = 0;
        _spec = null;
        _skip = null;
    }

    private void ReadHeader(byte b, CommandBatch batch)
    {
        _requestBytes++;
        if (b == '\r')
            _state = _state == State.ArrayLength ? State.ArrayLengthEnd : State.BulkLengthEnd;
        else if (_headerLength == MaxHeaderBytes)
            Fail(_state == State.ArrayLength ? RequestError.TooBigMultibulkCount : RequestError.TooBigBulkCount, batch);
        else
            _header[_headerLength++] = b;
    }

    private void EndArrayLength(byte lf, CommandBatch batch)
    {
        _requestBytes++;
        if (lf != '\n' || !AsciiInteger.TryParse(_header.AsSpan(0, _headerLength), out var count) || count > int.MaxValue)
        {
            Fail(RequestError.InvalidMultibulkLength, batch);
            return;
        }
        if (count <= 0)
        {
            _state = State.Start;
            return;
        }
        if (count > _limits.MaxArguments)
            _skip = RequestError.TooManyArguments(count, _limits);
        _announced = count;
        _awaited = count;
        _state = State.Dollar;
    }

    private void ReadDollar(byte b, CommandBatch batch)
    {
        _requestBytes++;
        _headerLength = 0;
        Expect(b, (byte)'$', State.BulkLength, null, batch);
    }

    private void EndBulkLength(byte lf, CommandBatch batch)
    {
        _requestBytes++;
        if (lf != '\n' || !AsciiInteger.TryParse(_header.AsSpan(0, _headerLength), out var length)
            || length is < 0 or > RequestLimits.MaxBulkBytes)
        {
            Fail(RequestError.InvalidBulkLength, batch);
            return;
        }
        _requestBytes += length + 2;
        _bulkRemaining = length;
        _state = length == 0 ? State.BulkCr : State.Bulk;
        if (_skip is null && Refusal(length) is { } error)
            Skip(error);
        if (_skip is null)
            AddPartialArgument((int)length);
    }

    // The limit that an argument of this length would break, judged before a byte of it is kept.
    private RequestError? Refusal(long length)
    {
        var index = (int)(_announced - _awaited);
        if (length > _limits.MaxKeyBytes && _spec is not null && _spec.IsKey(index, (int)_announced))
            return RequestError.KeyTooLong(length, _limits);
        if (length > _limits.MaxValueBytes)
            return RequestError.ValueTooLong(length, _limits);
        return _requestBytes > _limits.MaxRequestBytes ? RequestError.RequestTooLong(_requestBytes, _limits) : null;
    }

    private void Skip(RequestError error)
    {
        _skip = error;
        _partialBytes = 0;
        _partialCount = 0;
        ReleaseLargeBuffers();
    }

    private int ReadBulk(ReadOnlySpan<byte> input)
    {
        var take = (int)Math.Min(_bulkRemaining, input.Length);
        if (_skip is null)
            Append(input[..take], _bulkRemaining);
        _bulkRemaining -= take;
        if (_bulkRemaining == 0)
            _state = State.BulkCr;
        return take;
    }

    private void EndBulk(byte lf, CommandBatch batch)
    {
        Expect(lf, (byte)'\n', State.Dollar, RequestError.MissingCrLf, batch);
        if (Failed)
            return;
        if (_announced == _awaited && _skip is null)
            _spec = _table.Find(_scratch.AsSpan(_scratchUsed, _partial[0].Length));
        _awaited--;
        if (_awaited > 0)
            return;
        _state = State.Start;
        if (_skip is not null)
            batch.AddError(_skip, isText: false);
        else
            HandOver(batch);
    }

    private void HandOver(CommandBatch batch)
    {
        var first = batch.ArgumentTotal;
        foreach (var range in _partial.AsSpan(0, _partialCount))
            batch.AddArgument(_scratchUsed + range.Offset, range.Length);
        batch.AddCommand(_spec, _scratch ?? [], first, isText: false);
        _scratchUsed += _partialBytes;
        _partialBytes = 0;
        _partialCount = 0;
        ReleaseLargeBuffers();
    }

    private int ReadLine(ReadOnlySpan<byte> input, CommandBatch batch)
    {
        var length = input.IndexOf((byte)'\n');
        var part = length < 0 ? input : input[..length];
        if (_state == State.Line && _partialBytes + part.Length > _limits.MaxLineBytes)
        {
            _state = State.SkippedLine;
            Skip(RequestError.LineTooLong(_limits));
        }
        if (_state == State.Line)
            Append(part, part.Length);
        if (length < 0)
            return part.Length;
        var skipped = _state == State.SkippedLine;
        _state = State.Start;
        if (skipped)
            batch.AddError(_skip!, isText: true);
        else
            TakeAssembledLine(batch);
        return part.Length + 1;
    }

    private void TakeAssembledLine(CommandBatch batch)
    {
        var start = _scratchUsed;
        var length = _partialBytes;
        _scratchUsed += length;
        _partialBytes = 0;
        TakeLine(_scratch ?? [], start, length, isOwned: true, batch);
        ReleaseLargeBuffers();
    }

    private void Expect(byte got, byte expected, State next, RequestError? error, CommandBatch batch)
    {
        if (got == expected)
            _state = next;
        else
            Fail(error ?? RequestError.ExpectedDollar(got), batch);
    }

    private void Fail(RequestError error, CommandBatch batch)
    {
        Failed = true;
        Skip(error);
        batch.AddError(error, isText: false);
    }
}
