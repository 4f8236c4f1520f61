namespace KvStore.Core.Replication;

/// <summary>
/// How much of one origin's numbered mutations the table holds: everything up to <see cref="Applied"/>, and beyond a gap
/// some ranges. Applied never moves across a gap.
/// </summary>
public sealed class OriginProgress
{
    /// <summary>
    /// Ranges remembered beyond the first gap. A stream that tears more often than this between two refills is better
    /// asked for again than remembered.
    /// </summary>
    public const int MaxRanges = 64;

    private readonly List<(long First, long Last, ulong Clock)> _beyond = [];
    private ulong _seen;

    /// <summary>Mutations 1 … Applied are all held.</summary>
    public long Applied { get; private set; }

    /// <summary>Every mutation of the origin with a clock at or below this is numbered at or below <see cref="Applied"/>.</summary>
    public ulong Clock { get; private set; }

    /// <summary>
    /// The origin is gone, and whatever any registered replica may ever hold of it is held here, what lies beyond a gap included. It is
    /// this replica's own claim; deletions are collected when every registered replica makes it.
    /// </summary>
    public bool IsClosed { get; private set; }

    /// <summary>Both, as vectors carry them.</summary>
    public OriginMark Mark => new(Applied, IsClosed ? OriginMark.ClosedClock : Clock);

    /// <summary>The highest number that is known to exist.</summary>
    public long Known { get; private set; }

    /// <summary>True while a mutation is known to exist that is not held.</summary>
    public bool HasGap => Known > Applied && !IsClosed;

    /// <summary>True when something of the origin is held, or may be, that its number does not say.</summary>
    public bool HoldsBeyond => _beyond.Count > 0 || _seen > Clock;

    /// <summary>The ranges beyond the first gap, and the clock of the last of each.</summary>
    public IReadOnlyList<(long First, long Last, ulong Clock)> Beyond => _beyond;

    /// <summary>Takes note of an entry of the origin that came without its number.</summary>
    public void Saw(ulong clock) => _seen = Math.Max(_seen, clock);

    /// <summary>Claims that all there is of the origin is held.</summary>
    public void Close() => IsClosed = true;

    /// <summary>Takes note that <paramref name="number"/> exists.</summary>
    public void Announce(long number) => Known = Math.Max(Known, number);

    /// <summary>True when every one of the range is held.</summary>
    public bool Holds(long first, long last)
    {
        if (last <= Applied)
            return true;
        foreach (var range in _beyond)
        {
            if (Math.Max(first, Applied + 1) >= range.First && last <= range.Last)
                return true;
        }
        return false;
    }

    /// <summary>True when <paramref name="number"/> is held.</summary>
    public bool Holds(long number) => Holds(number, number);

    /// <summary>Whether the range can be taken note of; where not it must not be applied either, and is asked for later.</summary>
    public bool CanAdd(long first, long last) =>
        first <= Applied + 1 || _beyond.Count < MaxRanges || _beyond.Exists(r => first <= r.Last + 1 && last >= r.First - 1);

    /// <summary>Takes note that the range is held, and moves Applied over whatever is now without a gap.</summary>
    /// <param name="first">Number of the first.</param>
    /// <param name="last">Number of the last.</param>
    /// <param name="clock">The clock of the last one's version: an origin stamps in the order of its numbers.</param>
    public void Add(long first, long last, ulong clock)
    {
        Announce(last);
        if (first > Applied + 1)
        {
            Insert(first, last, clock);
            return;
        }
        CoverUpTo(new OriginMark(last, clock));
    }

    /// <summary>Takes note that everything up to the mark is held, as after a transfer.</summary>
    public void CoverUpTo(OriginMark mark)
    {
        Advance(mark);
        Announce(mark.Number);
        var absorbed = 0;
        while (absorbed < _beyond.Count && _beyond[absorbed].First <= Applied + 1)
        {
            Advance(new OriginMark(_beyond[absorbed].Last, _beyond[absorbed].Clock));
            absorbed++;
        }
        _beyond.RemoveRange(0, absorbed);
    }

    /// <summary>
    /// Takes note of what another replica holds: no mutation follows its number up to its clock, so none does here where that number
    /// is held. That it has closed the origin says nothing of what is held here.
    /// </summary>
    public void ObserveMark(OriginMark mark)
    {
        if (mark.Number <= Applied && !mark.IsClosed)
            Clock = Math.Max(Clock, mark.Clock);
    }

    /// <summary>
    /// Takes note of a number up to which a registered replica holds a closed origin: all that it holds is held here, so this replica's
    /// number is as great. True when it was not.
    /// </summary>
    public bool ObserveClosed(long number)
    {
        if (!IsClosed || number <= Applied)
            return false;
        CoverUpTo(new OriginMark(number, Clock));
        return true;
    }

    private void Advance(OriginMark mark)
    {
        Applied = Math.Max(Applied, mark.Number);
        if (mark.IsClosed)
            IsClosed = true;
        else
            Clock = Math.Max(Clock, mark.Clock);
    }

    private void Insert(long first, long last, ulong clock)
    {
        var at = 0;
        while (at < _beyond.Count && _beyond[at].Last + 1 < first)
            at++;
        while (at < _beyond.Count && _beyond[at].First <= last + 1)
        {
            first = Math.Min(first, _beyond[at].First);
            last = Math.Max(last, _beyond[at].Last);
            clock = Math.Max(clock, _beyond[at].Clock);
            _beyond.RemoveAt(at);
        }
        _beyond.Insert(at, (first, last, clock));
    }
}
