namespace KvStore.Core.Log;

/// <summary>A segment file and its header; null when the header is damaged or was never written.</summary>
internal sealed record Segment(long Number, LogHeader? Header, long Length)
{
    public string Name => LogFormat.SegmentName(Number);

    /// <summary>Where the log ends in the segment before, when a later start began this one; 0 when that one was sealed.</summary>
    public long EndOfPrevious => Header?.Before.Offset ?? 0;
}

/// <summary>
/// Which segments make up the log: the newest one with a header, the one that its header names as the one before, and so on, to the
/// one in which the replay begins.
/// </summary>
internal sealed class SegmentChain
{
    private readonly SortedDictionary<long, Segment> _files = [];

    public SegmentChain(IDisk disk, ulong replica)
    {
        foreach (var name in disk.Files)
        {
            if (!LogFormat.TrySegment(name, out var number))
                continue;
            using var file = disk.Open(name);
            var isValid = LogHeader.TryRead(file, LogFileKind.Segment, number, replica, out var header);
            _files.Add(number, new Segment(number, isValid ? header : null, file.Length));
        }
    }

    /// <summary>All segment files, ascending.</summary>
    public IReadOnlyCollection<Segment> Files => _files.Values;

    /// <summary>Greatest number of any; 0 when there is none.</summary>
    public long LastNumber => _files.Count == 0 ? 0 : _files.Keys.Last();

    /// <summary>Files behind the newest segment, whose creation was not completed.</summary>
    public IEnumerable<Segment> Unfinished
    {
        get
        {
            var newest = Newest?.Number ?? 0;
            return _files.Values.Where(s => s.Number > newest);
        }
    }

    private Segment? Newest => _files.Values.LastOrDefault(static s => s.Header is not null);

    /// <summary>The chain from <paramref name="replayFrom"/>, or from the beginning, ascending.</summary>
    /// <param name="replayFrom">The segment in which the replay begins; 0 without a snapshot.</param>
    /// <exception cref="CorruptLogException">A segment is missing or its header is damaged.</exception>
    public List<Segment> Build(long replayFrom)
    {
        var chain = new List<Segment>();
        if (Newest is not { } segment)
        {
            if (replayFrom != 0)
                throw Missing(replayFrom, "the snapshot needs it");
            return chain;
        }
        while (true)
        {
            chain.Add(segment);
            var before = segment.Header!.Value.Before.Segment;
            if (segment.Number == replayFrom || before == 0)
                break;
            if (before >= segment.Number || before < 0)
                throw new CorruptLogException(segment.Name, 0, $"its header names segment {before} as the one before it", Recovery.Advice);
            if (before < replayFrom)
                throw Missing(replayFrom, "the snapshot needs it");
            if (!_files.TryGetValue(before, out var previous))
                throw Missing(before, $"{segment.Name} goes on where it ends");
            if (previous.Header is null)
                throw new CorruptLogException(previous.Name, 0, "its header is damaged", Recovery.Advice);
            segment = previous;
        }
        if (segment.Number < replayFrom)
            throw Missing(replayFrom, "the snapshot needs it");
        chain.Reverse();
        return chain;
    }

    /// <summary>As much of the chain as there is, from its first segment on; nothing when that is what is missing.</summary>
    public List<Segment> BuildForward(long replayFrom)
    {
        var chain = new List<Segment>();
        var segment = _files.Values.FirstOrDefault(s => s.Header is { } header && (replayFrom == 0 ? header.Before.Segment == 0 : s.Number == replayFrom));
        for (; segment is not null; segment = _files.Values.LastOrDefault(s => s.Number > chain[^1].Number && s.Header?.Before.Segment == chain[^1].Number))
            chain.Add(segment);
        return chain;
    }

    private static CorruptLogException Missing(long number, string why) =>
        new(LogFormat.SegmentName(number), 0, $"the file is missing: {why}", Recovery.Advice);
}
