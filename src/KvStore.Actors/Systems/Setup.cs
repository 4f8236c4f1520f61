using KvStore.Actors.Configuration;
using KvStore.Actors.Event;
using KvStore.Actors.Remoting;

namespace KvStore.Actors;

/// <summary>One aspect of how a system is made.</summary>
public abstract class Setup
{
    /// <summary>Both aspects; the right one wins where they are of one type.</summary>
    public ActorSystemSetup And(Setup other) => ActorSystemSetup.Empty.And(this).And(other);
}

/// <summary>The aspects of how a system is made, at most one of each type.</summary>
public sealed class ActorSystemSetup
{
    /// <summary>No aspects.</summary>
    public static readonly ActorSystemSetup Empty = new([]);

    private readonly Setup[] _setups;

    private ActorSystemSetup(Setup[] setups) => _setups = setups;

    /// <summary>Adds an aspect, in place of one of the same type.</summary>
    public ActorSystemSetup And(Setup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return new([.. _setups.Where(each => each.GetType() != setup.GetType()), setup]);
    }

    /// <summary>A single aspect.</summary>
    public static implicit operator ActorSystemSetup(Setup setup) => Empty.And(setup);

    internal T? Find<T>()
        where T : Setup => _setups.OfType<T>().FirstOrDefault();
}

/// <summary>The configuration of a system.</summary>
public sealed class BootstrapSetup : Setup
{
    private BootstrapSetup(Config? config) => ConfigOrNull = config;

    internal Config? ConfigOrNull { get; }

    /// <summary>A setup without a configuration.</summary>
    public static BootstrapSetup Create() => new(null);

    /// <summary>The same with <paramref name="config"/>.</summary>
    public BootstrapSetup WithConfig(Config config) => new(config);

    /// <summary>The same, with <paramref name="config"/> where the present one says nothing.</summary>
    public BootstrapSetup WithConfigFallback(Config config) => new(ConfigOrNull is null ? config : ConfigOrNull.WithFallback(config));
}

/// <summary>
/// What the embedded engine lets its owner replace: a simulator supplies the dispatcher, the time and the seed, and then a
/// system's run depends on nothing else.
/// </summary>
public sealed class EngineSetup : Setup
{
    private EngineSetup()
    {
    }

    private EngineSetup(EngineSetup other)
    {
        Dispatcher = other.Dispatcher;
        Time = other.Time;
        Seed = other.Seed;
        LogSink = other.LogSink;
        Remoting = other.Remoting;
        Transport = other.Transport;
        Scheduler = other.Scheduler;
    }

    /// <summary>
    /// Runs every actor of the system, whatever the configuration says; null leaves it to the configuration. Where there is one, the
    /// phases of the shutdown and whatever else the engine awaits go on in the <see cref="SynchronizationContext"/> in which they began.
    /// </summary>
    public MessageDispatcher? Dispatcher { get; private init; }

    /// <summary>Drives scheduler, timers and time-outs.</summary>
    public TimeProvider Time { get; private init; } = TimeProvider.System;

    /// <summary>Where the uids of actors come from; null draws one.</summary>
    public int? Seed { get; private init; }

    /// <summary>Where log events go; null writes them to the console.</summary>
    public LogSink? LogSink { get; private init; }

    /// <summary>Connects the system to others; called once, before any path is made. Null leaves it local.</summary>
    internal Func<ActorSystemImpl, IRemoting>? Remoting { get; private init; }

    /// <summary>Makes what carries frames to other systems, where the provider is not local; null means TCP.</summary>
    internal Func<TransportSettings, ITransport>? Transport { get; private init; }

    /// <summary>Wraps the scheduler that the system shows to its users; null shows it as it is.</summary>
    internal Func<IScheduler, IScheduler>? Scheduler { get; private init; }

    /// <summary>A setup that replaces nothing.</summary>
    public static EngineSetup Create() => new();

    /// <summary>The same with a dispatcher for every actor.</summary>
    public EngineSetup WithDispatcher(MessageDispatcher dispatcher) => new(this) { Dispatcher = dispatcher };

    /// <summary>The same with another clock.</summary>
    public EngineSetup WithTime(TimeProvider time) => new(this) { Time = time };

    /// <summary>The same with a seed.</summary>
    public EngineSetup WithSeed(int seed) => new(this) { Seed = seed };

    /// <summary>The same with another place for log events.</summary>
    public EngineSetup WithLogSink(LogSink sink) => new(this) { LogSink = sink };

    internal EngineSetup WithTransport(Func<TransportSettings, ITransport> transport) => new(this) { Transport = transport };

    internal EngineSetup WithScheduler(Func<IScheduler, IScheduler> scheduler) => new(this) { Scheduler = scheduler };

    internal EngineSetup WithRemoting(Func<ActorSystemImpl, IRemoting> remoting) => new(this) { Remoting = remoting };
}
