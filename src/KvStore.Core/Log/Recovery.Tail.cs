namespace KvStore.Core.Log;

/// <content>
/// The end of the log: whether the bytes behind the last record are what a crash may leave. Nothing may be valid behind it, in the
/// segment that was prepared as the next one, and in files whose creation was not completed; in its own file only what a power cut
/// explains.
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
        if (_search.ValidAt is { } at && WhyNoPowerCut() is { } why)
            throw Damage(_end.Offset, $"no valid record, and a valid one behind it at {at}: {why}");
        if (_claim > _end)
            throw Damage(_end.Offset, $"no valid record, and the log was synced up to offset {_claim.Offset} of {LogFormat.SegmentName(_claim.Segment)}");
        if (_search.ValidAt is { } hidden)
        {
            Report.CutHole = true;
            Report.Cut($"{_chain[_index].Name}: {dirty} bytes from offset {_end.Offset} on were cut: written out of order when power was lost, and nothing of it was said to be synced. The first whole record behind the hole lies at {hidden}.");
        }
        else if (dirty > 0)
        {
            Report.Cut($"{_chain[_index].Name}: {dirty} bytes from offset {_end.Offset} on were cut: a record that was written in part, and never synced.");
        }
        _search = null;
        _phase = Phase.Unfinished;
    }

    // A disk that lost power may have kept what was written last and lost what was written before it, but nothing that was synced. What
    // was told to anybody as synced is claimed by a synced record, which a single damage at another place leaves readable.
    private string? WhyNoPowerCut()
    {
        if (_claim > _end)
            return "bytes were damaged";
        if (_search!.HasCleanStop)
            return "bytes were damaged, since the process has stopped in order behind it";
        var boot = _chain[_index].Header!.Value.Boot;
        if (boot == 0 || _disk.Boot == 0)
            return "bytes were damaged, or written out of order when power was lost";
        return boot == _disk.Boot ? "bytes were damaged, since the system has been running ever since they were written" : null;
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
