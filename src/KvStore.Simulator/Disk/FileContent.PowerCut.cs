namespace KvStore.Simulator.Disk;

/// <content>What a power cut leaves: changes are taken back from the last one on.</content>
internal sealed partial class FileContent
{
    /// <summary>Loses what was not synced, or a part of it. What is left is on the platter.</summary>
    public void Lose(PowerLoss loss, DiskFaults faults, Random random, DiskCounters counters)
    {
        if (_changes.Count == 0)
            return;
        switch (loss)
        {
            case PowerLoss.All:
                TakeBack(0, counters);
                break;
            case PowerLoss.Suffix:
                LoseSuffix(faults, random, counters);
                break;
            case PowerLoss.Sectors:
                LoseSectors(faults.SectorBytes, random, counters);
                break;
            default:
                break;
        }
        Settle();
    }

    private void LoseSuffix(DiskFaults faults, Random random, DiskCounters counters)
    {
        var kept = random.Next(_changes.Count + 1);
        TakeBack(kept, counters);
        if (kept == 0 || faults.Torn == TornWrites.Never || _changes[kept - 1] is not { IsCut: false, Count: > 0 } torn)
            return;
        long end = torn.Offset + random.Next(torn.Count + 1);
        if (faults.Torn == TornWrites.AtSector && end < torn.Offset + torn.Count)
            end = Math.Max(torn.Offset, end - (end % faults.SectorBytes));
        TakeBack(torn, (int)(end - torn.Offset), counters);
    }

    private void TakeBack(int kept, DiskCounters counters)
    {
        for (var i = _changes.Count - 1; i >= kept; i--)
            TakeBack(_changes[i], keptBytes: 0, counters);
    }

    private void TakeBack(in Change change, int keptBytes, DiskCounters counters)
    {
        if (change.Count > 0 && keptBytes == change.Count)
            return;
        _bytes.Write(change.Offset + keptBytes, Old(change)[keptBytes..]);
        Length = keptBytes == 0 ? change.OldLength : Math.Max(change.OldLength, change.Offset + keptBytes);
        if (change.IsCut || change.Count == 0)
            return;
        counters.BytesLost += change.Count - keptBytes;
        if (keptBytes == 0)
            counters.WritesLost++;
        else
            counters.TornWrites++;
    }

    // A sector is on the platter as it was after one of the changes to it, or before the first: going backwards, the first change of
    // a sector that is kept settles it. A cut that is kept settles everything before it, as the journal of a file system does.
    private void LoseSectors(int sectorBytes, Random random, DiskCounters counters)
    {
        var settled = new HashSet<long>();
        var newLength = Length;
        long keptEnd = 0;
        var hasLost = false;
        for (var i = _changes.Count - 1; i >= 0; i--)
        {
            var change = _changes[i];
            if (change.IsCut && random.Next(2) == 0)
            {
                keptEnd = Math.Max(keptEnd, change.Offset);
                break;
            }
            for (var at = 0; at < change.Count;)
            {
                var sector = (change.Offset + at) / sectorBytes;
                var end = (int)Math.Min(change.Count, ((sector + 1) * sectorBytes) - change.Offset);
                if (settled.Contains(sector) || (!change.IsCut && random.Next(2) == 0))
                {
                    settled.Add(sector);
                    keptEnd = change.IsCut ? keptEnd : Math.Max(keptEnd, change.Offset + end);
                }
                else
                {
                    _bytes.Write(change.Offset + at, Old(change)[at..end]);
                    counters.BytesLost += end - at;
                    hasLost = true;
                }
                at = end;
            }
            Length = change.OldLength;
        }
        Length = Math.Max(Length, random.Next(2) == 0 ? newLength : keptEnd);
        _bytes.Clear(Length);
        if (hasLost && settled.Count > 0)
            counters.ScrambledFiles++;
    }

    private ReadOnlySpan<byte> Old(in Change change) => _old.AsSpan(change.OldAt, change.Count);
}
