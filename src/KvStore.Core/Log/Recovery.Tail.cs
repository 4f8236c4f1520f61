namespace KvStore.Core.Log;

/// <content>
/// The end of the log: whether the bytes behind the last record are what a crash may leave. Nothing may be valid behind it, in its
/// own file, in the segment that was prepared as the next one, and in files whose creation was not completed.
/// </content>
public sealed partial class Recovery
{
    private IDiskFile? _spare;

    // The next segment gets its first record after this one was sealed: one that has none was prepared ahead.
    private void StepSpare(ref long budget)
    {
        if (!_search!.Step(ref budget))
            return;
        _spare!.Dispose();
        if (_search.ValidAt is { } at)
            throw Damage(_end.Offset, $"no valid record, and the segment is not sealed, though {Next!.Name} has a record at {at}");
        Claim(_search.Claim);
        _chain.RemoveAt(_chain.Count - 1);
        _search = new DamageSearch(_file!, _end.Segment, _end.Offset);
        _phase = Phase.Tail;
    }

    private void StepTail(ref long budget)
    {
        if (!_search!.Step(ref budget))
            return;
        Claim(_search.Claim);
        var dirty = _search.DirtyEnd - _end.Offset;
        if (_search.ValidAt is { } at)
        {
            throw Damage(
                _end.Offset,
                $"no valid record, and a valid one behind it at {at}: {(_claim > _end ? "bytes were damaged" : "bytes were damaged, or written out of order when power was lost")}");
        }
        if (_claim > _end)
            throw Damage(_end.Offset, $"no valid record, and the log was synced up to offset {_claim.Offset} of {LogFormat.SegmentName(_claim.Segment)}");
        if (dirty > 0)
            Report.Cut($"{_chain[_index].Name}: {dirty} bytes from offset {_end.Offset} on were cut: a record that was written in part, and never synced.");
        _search = null;
        _phase = Phase.Unfinished;
    }

    private void StepUnfinished(ref long budget)
    {
        if (!_unfinished.TryPeek(out var segment))
        {
            Complete();
            return;
        }
        if (_search is null)
        {
            _spare = _disk.Open(segment.Name);
            _search = new DamageSearch(_spare, segment.Number, LogHeader.Size);
        }
        if (!_search.Step(ref budget))
            return;
        _spare!.Dispose();
        _unfinished.Dequeue();
        if (_search.ValidAt is not null || _search.Claim > _end)
            throw new CorruptLogException(segment.Name, 0, "its header is damaged, and it has records", Advice);
        _search = null;
    }

    private void Claim(LogPosition position)
    {
        if (position > _claim)
            _claim = position;
    }
}
