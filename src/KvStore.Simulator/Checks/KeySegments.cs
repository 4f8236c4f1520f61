using KvStore.Simulator.Linearizability;

namespace KvStore.Simulator.Checks;

/// <summary>
/// The history of one key, checked in segments, so that the work does not grow with the square of its length. One begins with a write that
/// says what the key is whatever it was, with no other call under way: what is known to have come before it has no part in what follows.
/// What nobody knows the end of may come later, and so is part of every segment after it.
/// </summary>
internal sealed class KeySegments(string key, IReadOnlyList<KeyCall> calls, long beginningMs, long earlyMs)
{
    /// <summary>A segment is ended at the first opportunity behind so many calls.</summary>
    private const int LeastCalls = 150;

    /// <summary>Where there is no opportunity for as long as this, the calls up to the next one are not checked.</summary>
    private const int MostCalls = 2_000;

    /// <summary>A bound on the work for a segment: a second, at most.</summary>
    private const int MaxConfigurations = 1 << 14;

    /// <summary>Calls that were checked.</summary>
    public int Checked { get; private set; }

    /// <summary>Segments that took too much work.</summary>
    public int Undecided { get; private set; }

    /// <summary>Checks all segments up to the first violation; what it is, or null.</summary>
    public string? Check()
    {
        var unknown = new List<KeyCall>();
        for (var from = 0; from < calls.Count;)
        {
            var to = EndOf(from);
            if (CheckOne([.. unknown, .. calls.Skip(from).Take(Math.Min(to - from, MostCalls))]) is { } violation)
                return violation;
            unknown.AddRange(calls.Skip(from).Take(to - from).Where(static c => !c.IsKnown));
            from = to;
        }
        return null;
    }

    private int EndOf(int from)
    {
        var lastReturn = TimeSpan.Zero;
        for (var i = from; i < calls.Count; i++)
        {
            if (i - from >= LeastCalls && calls[i] is { IsKnown: true, IsBlindWrite: true } && lastReturn < calls[i].Call && IsAlone(i))
                return i;
            if (calls[i].Return is { } returned && returned > lastReturn)
                lastReturn = returned;
        }
        return calls.Count;
    }

    private bool IsAlone(int i) => i + 1 == calls.Count || calls[i + 1].Call > calls[i].Return;

    private string? CheckOne(List<KeyCall> segment)
    {
        var history = new StoreHistory(earlyMs);
        var tickets = new int[segment.Count];
        foreach (var (at, isReturn, index) in Events(segment))
        {
            var ms = beginningMs + (long)at.TotalMilliseconds;
            if (isReturn)
                history.Return(tickets[index], segment[index].Reply, ms);
            else
                tickets[index] = history.Call(segment[index].Client, segment[index].Arguments, ms);
        }
        Checked += segment.Count;
        var report = history.Check(MaxConfigurations);
        if (report.Verdict == Verdict.Undecided)
            Undecided++;
        return report.Verdict == Verdict.Violation ? $"{key}: {report.Explanation}" : null;
    }

    // Calls before the returns of the same instant: these are concurrent.
    private static List<(TimeSpan At, bool IsReturn, int Index)> Events(List<KeyCall> segment)
    {
        var events = new List<(TimeSpan At, bool IsReturn, int Index)>();
        for (var i = 0; i < segment.Count; i++)
        {
            events.Add((segment[i].Call, false, i));
            if (segment[i].Return is { } returned)
                events.Add((returned, true, i));
        }
        events.Sort();
        return events;
    }
}
