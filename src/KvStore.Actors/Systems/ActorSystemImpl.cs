using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using KvStore.Actors.Configuration;
using KvStore.Actors.Event;
using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;

namespace KvStore.Actors;

/// <summary>The system: makes the guardians, holds what they share, and ends when the root has stopped.</summary>
[SuppressMessage("Usage", "VSTHRD003", Justification = "WhenTerminated is handed out; nobody here waits for it.")]
internal sealed partial class ActorSystemImpl : ExtendedActorSystem
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Action> _onTermination = [];
    private readonly Random _uids;
    private readonly IRemoting? _remoting;
    private readonly ActorRefProvider _provider;
    private readonly LocalActorRef _root;
    private readonly LocalActorRef _user;
    private readonly LocalActorRef _systemGuardian;
    private bool _isTerminated;

    internal ActorSystemImpl(string name, ActorSystemSetup setup)
    {
        if (string.IsNullOrEmpty(name) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || name[0] is '-' or '_')
            throw new ArgumentException($"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-' and '_')", nameof(name));
        Name = name;
        var engine = setup.Find<EngineSetup>() ?? EngineSetup.Create();
        var config = setup.Find<BootstrapSetup>()?.ConfigOrNull ?? Config.Empty;
        Settings = new Settings(this, config);
        Time = engine.Time;
        _started = Time.GetTimestamp();
        _sink = engine.LogSink ?? new ConsoleLogSink();
        _threshold = Logging.ThresholdFor(Settings.LogLevel, "akka.loglevel");
        _sinkThreshold = Logging.ThresholdFor(Settings.StdoutLogLevel, "akka.stdout-loglevel");
        _deadLettersToLog = ReadDeadLettersToLog(config);
        _uids = new Random(engine.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));
        EventStream = new EventStream();
        Log = new LoggingAdapter(this, $"ActorSystem({name})", typeof(ActorSystem));
        Clock = new SystemClock(this, Time);
        Scheduler = engine.Scheduler?.Invoke(Clock) ?? Clock;
        Dispatchers = new Dispatchers(config, engine.Dispatcher);
        IsDriven = engine.Dispatcher is not null;
        Kind = ProviderKinds.Read(config);
        try
        {
            _remoting = engine.Remoting?.Invoke(this) ?? (Kind == ProviderKind.Local ? null : new TransportRemoting(this, engine.Transport));
            _provider = new ActorRefProvider(this, _remoting);
            Serialization = new Serialization.Serialization(this);
        }
        catch
        {
            // Nobody will ever hold this system, so nobody else could close its port.
            _remoting?.Stop(static () => { });
            Clock.Dispose();
            throw;
        }
        var supervisor = new RootSupervisor(this, _provider.RootPath / "_root-supervisor");
        var rootProps = Props.Create<RootGuardian>();
        _root = new LocalActorRef(this, rootProps, _provider.RootPath, Dispatchers.For(_provider.RootPath, rootProps), supervisor);
        _user = _root.Cell.StartChild(Props.Create<Guardian>(), RootGuardian.User, isEngineName: true);
        _systemGuardian = _root.Cell.StartChild(Props.Create<Guardian>(), RootGuardian.System, isEngineName: true);
    }

    public override Settings Settings { get; }

    public override string Name { get; }

    public override Serialization.Serialization Serialization { get; }

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => _provider.DeadLetters;

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log { get; }

    public override TimeSpan Uptime => Time.GetElapsedTime(_started);

    public override Task WhenTerminated => _terminated.Task;

    public override IActorRefProvider Provider => _provider;

    internal TimeProvider Time { get; }

    internal SystemClock Clock { get; }

    internal Dispatchers Dispatchers { get; }

    /// <summary>
    /// True when the owner supplies the dispatcher, and so decides where everything runs: then the engine's own tasks go on in the
    /// owner's <see cref="SynchronizationContext"/>. Otherwise they ignore it, for the thread behind it may be waiting for them.
    /// </summary>
    internal bool IsDriven { get; }

    internal AddressTerminations AddressTerminations { get; } = new();

    internal DeadLetterActorRef DeadLettersRef => _provider.DeadLettersRef;

    internal ProviderKind Kind { get; }

    internal IRemoting? Remoting => _remoting;

    internal IInternalActorRef Root => _root;

    internal IInternalActorRef Guardian => _user;

    internal void Start()
    {
        ((IInternalActorRef)_root).Start();
        _remoting?.Start();
        // Its settings are checked now, and its termination task is there before anybody adds one.
        CoordinatedShutdown.Get(this);
        if (Kind == ProviderKind.Cluster)
            Cluster.Get(this);
    }

    public override IActorRef ActorOf(Props props, string? name = null) => _user.Cell.StartChild(props, name, isEngineName: false);

    public override IActorRef SystemActorOf(Props props, string? name = null) => _systemGuardian.Cell.StartChild(props, name, isEngineName: false);

    public override ActorSelection ActorSelection(ActorPath actorPath) => SelectionOf(actorPath);

    public override ActorSelection ActorSelection(string actorPath) => SelectionFrom(_user, actorPath);

    internal ActorSelection SelectionOf(ActorPath path) => new(_provider.RootAt(path.Address), path.Elements);

    internal ActorSelection SelectionFrom(IActorRef anchor, string path)
    {
        if (ActorPath.TryParse(path, out var absolute))
            return SelectionOf(absolute);
        return new ActorSelection(path.StartsWith('/') ? Root : anchor, path);
    }

    public override void Stop(IActorRef actor)
    {
        // The guardians know which of their children are stopping; other supervisors hear of it from the child.
        var parent = ((IInternalActorRef)actor).Parent;
        if (parent is LocalActorRef local && (local == _user || local == _systemGuardian) && local.Cell.RecordOf(actor) is { } record)
            record.IsStopping = true;
        ((IInternalActorRef)actor).Stop();
    }

    public override Task Terminate()
    {
        if (Settings.Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate", true))
            _ = CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        else
            StopGuardians();
        return WhenTerminated;
    }

    public override void Abort() => StopGuardians();

    public override void RegisterOnTermination(Action code)
    {
        lock (_onTermination)
        {
            if (!_isTerminated)
            {
                _onTermination.Add(code);
                return;
            }
        }
        code();
    }

    internal void StopGuardians() => ((IInternalActorRef)_user).Stop();

    internal long NextUid()
    {
        lock (_uids)
        {
            return _uids.NextInt64(1, int.MaxValue);
        }
    }

    internal void OnRootStopped()
    {
        Clock.Dispose();
        if (_remoting is null)
            OnRemotingStopped();
        else
            _remoting.Stop(OnRemotingStopped);
    }

    // The last goodbyes have left by now, so the process may end.
    private void OnRemotingStopped()
    {
        Action[] callbacks;
        lock (_onTermination)
        {
            _isTerminated = true;
            callbacks = [.. Enumerable.Reverse(_onTermination)];
        }
        foreach (var callback in callbacks)
        {
            try
            {
                callback();
            }
            catch (Exception e)
            {
                Log.Error(e, "A termination callback failed");
            }
        }
        _terminated.TrySetResult();
    }
}
