using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Commands;

/// <summary>Which seeds are run, and for how long.</summary>
/// <param name="First">The first one.</param>
/// <param name="Count">How many; null for as many as there is time for.</param>
/// <param name="Limit">No run begins after that much of the wall's time; null for no limit.</param>
/// <param name="Jobs">Threads; each runs a seed at a time.</param>
/// <param name="StopsAtFirst">Whether no run begins after one that failed.</param>
internal sealed record SweepSettings(long First, long? Count, TimeSpan? Limit, int Jobs, bool StopsAtFirst);

/// <summary>
/// Runs seed after seed. A simulation is one thread's, and no two share anything, so that there may be as many as there are cores;
/// results are told one at a time, in the order in which they come.
/// </summary>
/// <param name="draw">The plan of a seed.</param>
/// <param name="simulate">Runs a plan.</param>
/// <param name="time">The wall's: how long everything took.</param>
/// <param name="processorTime">What this process has had of the processor; null when nobody wants to know.</param>
internal sealed class SeedSweep(Func<long, RunPlan> draw, Func<RunPlan, RunResult> simulate, TimeProvider time, Func<TimeSpan>? processorTime = null)
{
    private readonly Lock _lock = new();
    private readonly SweepSummary _summary = new();
    private long _begun;
    private long _started;
    private Exception? _failure;

    /// <summary>Runs them.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="finished">Called with each result, and the sum of all so far.</param>
    public SweepSummary Run(SweepSettings settings, Action<RunResult, SweepSummary> finished)
    {
        _started = time.GetTimestamp();
        var processor = processorTime?.Invoke();
        _summary.Jobs = settings.Jobs;
        // Between runs a terminal, a test or the thread pool may use this thread; during them nothing else does.
        var others = Enumerable.Range(1, settings.Jobs - 1).Select(i => new Thread(() => Work(settings, finished)) { Name = $"seeds {i}", IsBackground = true }).ToList();
        others.ForEach(static thread => thread.Start());
        Work(settings, finished);
        others.ForEach(static thread => thread.Join());
        if (_failure is not null)
            throw new InvalidOperationException("A run could not be made.", _failure);
        _summary.Wall = time.GetElapsedTime(_started);
        _summary.Processor = processorTime?.Invoke() - processor;
        return _summary;
    }

    private void Work(SweepSettings settings, Action<RunResult, SweepSummary> finished)
    {
        try
        {
            while (Next(settings) is { } seed)
            {
                var result = simulate(draw(seed));
                lock (_lock)
                {
                    _summary.Add(result);
                    _summary.Wall = time.GetElapsedTime(_started);
                    finished(result, _summary);
                }
            }
        }
        catch (Exception error)
        {
            // On a thread of its own it would end the process; here the command says what it was.
            lock (_lock)
                _failure ??= error;
        }
    }

    private long? Next(SweepSettings settings)
    {
        lock (_lock)
        {
            if (_failure is not null || _begun == settings.Count || (settings.StopsAtFirst && _summary.Failed > 0))
                return null;
            if (settings.Limit is { } limit && _begun > 0 && time.GetElapsedTime(_started) >= limit)
                return null;
            return settings.First + _begun++;
        }
    }
}
