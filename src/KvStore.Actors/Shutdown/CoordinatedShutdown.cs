using System.Diagnostics.CodeAnalysis;
using KvStore.Actors.Event;

namespace KvStore.Actors;

/// <summary>
/// Ends a system in Akka's phases. The tasks of a phase run together; the next phase begins when all are done or the phase's
/// time-out has passed. A task that fails or hangs is logged and does not hold up the rest.
/// </summary>
/// <remarks>Whoever drives the system's dispatcher drives the phases too: see <see cref="ActorSystemImpl.IsDriven"/>.</remarks>
public sealed partial class CoordinatedShutdown : IExtension
{
    private static readonly Provider s_provider = new();

    private readonly ActorSystemImpl _system;
    private readonly Dictionary<string, List<(string Name, Func<Task<Done>> Task)>> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _timeouts = new(StringComparer.Ordinal);
    private Task<Done>? _run;

    private CoordinatedShutdown(ActorSystemImpl system)
    {
        _system = system;
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown");
        var usual = config.GetTimeSpan("default-phase-timeout", s_defaultTimeout);
        foreach (var phase in s_phases)
            _timeouts[phase] = config.GetTimeSpan($"phases.{phase}.timeout", phase is PhaseClusterExiting or PhaseActorSystemTerminate ? s_longTimeout : usual);
        if (config.GetBoolean("terminate-actor-system", true))
            AddTask(PhaseActorSystemTerminate, "terminate-system", TerminateSystem);
    }

    /// <summary>The system that ends.</summary>
    public ExtendedActorSystem System => _system;

    /// <summary>Why the system ends; null while it does not.</summary>
    public Reason? ShutdownReason { get; private set; }

    /// <summary>The sum of the phases' time-outs.</summary>
    public TimeSpan TotalTimeout => TimeSpan.FromTicks(_timeouts.Values.Sum(static span => span.Ticks));

    /// <summary>The system's shutdown.</summary>
    public static CoordinatedShutdown Get(ActorSystem sys) => s_provider.Apply(sys);

    /// <summary>Adds a task to a phase. It may be added while the shutdown runs, as long as its phase has not begun.</summary>
    /// <exception cref="ConfigurationException">There is no such phase.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        ArgumentNullException.ThrowIfNull(task);
        if (!_timeouts.ContainsKey(phase))
            throw new ConfigurationException($"Unknown phase [{phase}], known phases [{string.Join(", ", s_phases)}].");
        lock (_tasks)
        {
            if (!_tasks.TryGetValue(phase, out var tasks))
                _tasks[phase] = tasks = [];
            tasks.Add((taskName, task));
        }
    }

    /// <summary>How long a phase may take.</summary>
    public TimeSpan Timeout(string phase) => _timeouts.TryGetValue(phase, out var timeout)
        ? timeout
        : throw new ArgumentException($"Unknown phase [{phase}].", nameof(phase));

    /// <summary>Runs the phases, from <paramref name="fromPhase"/> on if given. A second call joins the first one's run.</summary>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var first = fromPhase is null ? 0 : Array.IndexOf(s_phases, fromPhase);
        if (first < 0)
            throw new ArgumentException($"Unknown phase [{fromPhase}].", nameof(fromPhase));
        TaskCompletionSource<Done> done;
        lock (_tasks)
        {
            if (_run is not null)
                return _run;
            done = new TaskCompletionSource<Done>(TaskCreationOptions.RunContinuationsAsynchronously);
            _run = done.Task;
            ShutdownReason = reason;
        }
        _ = RunPhases(s_phases[first..], done);
        return done.Task;
    }

    private async Task RunPhases(string[] phases, TaskCompletionSource<Done> done)
    {
        foreach (var phase in phases)
            await RunPhase(phase).ConfigureAwait(_system.IsDriven);
        done.SetResult(Done.Instance);
    }

    private async Task RunPhase(string phase)
    {
        (string Name, Func<Task<Done>> Task)[] tasks;
        lock (_tasks)
        {
            tasks = _tasks.TryGetValue(phase, out var added) ? [.. added] : [];
        }
        if (tasks.Length == 0)
            return;
        _system.Log.Debug("Performing phase [{0}] with [{1}] tasks: [{2}]", phase, tasks.Length, string.Join(", ", tasks.Select(static task => task.Name)));
        var all = Task.WhenAll(tasks.Select(task => RunTask(phase, task.Name, task.Task)));
        try
        {
            await all.WaitAsync(_timeouts[phase], _system.Time).ConfigureAwait(_system.IsDriven);
        }
        catch (TimeoutException)
        {
            _system.Log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase, _timeouts[phase]);
        }
    }

    private async Task RunTask(string phase, string name, Func<Task<Done>> task)
    {
        try
        {
            await task().ConfigureAwait(_system.IsDriven);
        }
        catch (Exception e)
        {
            _system.Log.Error(e, "Task [{0}] failed in phase [{1}]", name, phase);
        }
    }

    [SuppressMessage("Usage", "VSTHRD003:Avoid awaiting foreign Tasks", Justification = "The system's end is what this phase waits for.")]
    private async Task<Done> TerminateSystem()
    {
        _system.StopGuardians();
        await _system.WhenTerminated.ConfigureAwait(_system.IsDriven);
        return Done.Instance;
    }

    private sealed class Provider : ExtensionIdProvider<CoordinatedShutdown>
    {
        public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) => new((ActorSystemImpl)system);
    }
}
