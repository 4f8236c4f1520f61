using System.Buffers.Binary;

namespace KvStore.Core.Log;

/// <content>
/// The segments, and where the log ends. A segment ends at its seal; or, when a later start began the next one, where that
/// one's header says; or it is the last one.
/// </content>
public sealed partial class Recovery
{
    private readonly Queue<Segment> _unfinished = [];
    private RecordReader? _reader;
    private DamageSearch? _search;
    private int _index;
    private long _recordAt;

    private Segment? Next => _index + 1 < _chain.Count ? _chain[_index + 1] : null;

    private void BeginSegments()
    {
        foreach (var segment in _files.Unfinished)
            _unfinished.Enqueue(segment);
        _phase = Phase.Segments;
        if (_chain.Count == 0)
            _phase = Phase.Unfinished;
        else
            OpenSegment();
    }

    private void OpenSegment()
    {
        var segment = _chain[_index];
        // Whoever runs on may have promised what the clean stop before it did not know.
        if (segment.EndOfPrevious > 0)
            Report.StoppedCleanly = false;
        _file = _disk.Open(segment.Name);
        _recordAt = segment.Number == _replayFrom.Segment ? _replayFrom.Offset : LogHeader.Size;
        _reader = new RecordReader(_file, segment.Number, _recordAt);
    }

    private void StepSegment(ref long budget, ILogSink sink)
    {
        var end = Next is { EndOfPrevious: > 0 and var offset } ? offset : long.MaxValue;
        while (budget > 0)
        {
            _recordAt = _reader!.Offset;
            if (_recordAt >= end)
            {
                if (_recordAt > end)
                    throw Damage(_recordAt, $"{Next!.Name} says that the log ends at {end} in it, inside a record");
                EnterNext();
                return;
            }
            if (_reader.Read(out var record, out var payload) != ReadOutcome.Record)
            {
                OnNoRecord(end);
                return;
            }
            budget -= record.Size;
            Report.Bytes += record.Size;
            Report.LogBytes += record.Size;
            if (record.Synced > _claim)
                _claim = record.Synced;
            if (record.Kind == LogRecordKind.Seal)
            {
                OnSeal(payload.Span);
                return;
            }
            if (record.Kind is not (LogRecordKind.Batch or LogRecordKind.CleanStop))
                throw Damage(_recordAt, $"a {record.Kind} record has no place in a segment");
            ApplyItems(payload, sink);
            Report.StoppedCleanly = record.Kind == LogRecordKind.CleanStop;
        }
    }

    private void ApplyItems(ReadOnlyMemory<byte> payload, ILogSink sink)
    {
        try
        {
            foreach (var item in LogItemCodec.ReadAll(payload))
                sink.Apply(item);
        }
        catch (FormatException error)
        {
            throw Damage(_recordAt, "the checksum is right and the items are not: " + error.Message.TrimEnd('.'));
        }
    }

    private void OnSeal(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != sizeof(long))
            throw Damage(_recordAt, "a seal that names no segment");
        var next = BinaryPrimitives.ReadInt64LittleEndian(payload);
        if (Next?.Number == next && Next.EndOfPrevious == 0)
        {
            EnterNext();
            return;
        }
        throw new CorruptLogException(
            LogFormat.SegmentName(next),
            0,
            $"the file is missing or its header is damaged: {_chain[_index].Name} was sealed at {_recordAt} and goes on there",
            Advice);
    }

    private void EnterNext()
    {
        _finishedBytes += _file!.Length;
        _sealed?.Dispose();
        (_sealed, _file) = (_file, null);
        _index++;
        OpenSegment();
    }

    private void OnNoRecord(long end)
    {
        var segment = _chain[_index];
        if (end != long.MaxValue)
            throw Damage(_recordAt, $"no valid record, and {Next!.Name} says that the log goes on to {end}");
        _end = new LogPosition(segment.Number, _recordAt);
        if (Next is not { } next)
        {
            _search = new DamageSearch(_file!, segment.Number, _recordAt);
            _phase = Phase.Tail;
            return;
        }
        if (_index + 2 < _chain.Count)
            throw Damage(_recordAt, $"no valid record, and the segment is not sealed, though {_chain[_index + 2].Name} came later");
        _spare = _disk.Open(next.Name);
        _search = new DamageSearch(_spare, next.Number, LogHeader.Size);
        _phase = Phase.Spare;
    }

    private CorruptLogException Damage(long offset, string what) => new(_chain[_index].Name, offset, what, Advice);
}
