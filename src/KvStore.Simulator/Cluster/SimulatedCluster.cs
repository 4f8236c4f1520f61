using System.Globalization;
using KvStore.Node;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Network;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Cluster;

/// <summary>The machines of a run, and what starts and ends processes on them.</summary>
internal sealed class SimulatedCluster
{
    /// <summary>How long a member may be silent before the others take it for dead.</summary>
    public static readonly TimeSpan HeartbeatPause = TimeSpan.FromSeconds(2);

    private const int Port = 4053;

    private readonly RunPlan _plan;
    private readonly Streams _streams;
    private readonly EventQueue _queue;
    private readonly Trace _trace;
    private readonly List<Machine> _machines = [];
    private readonly List<NodeProcess> _ended = [];

    public SimulatedCluster(RunPlan plan, Streams streams, EventQueue queue, Trace trace)
    {
        _plan = plan;
        _streams = streams;
        _queue = queue;
        _trace = trace;
        Network = new SimulatedNetwork(queue, streams.Network, trace);
        for (var i = 0; i < plan.Nodes; i++)
            Add().Clock.Ahead = plan.Skews[i];
    }

    /// <summary>The machines that were ever there.</summary>
    public IReadOnlyList<Machine> Machines => _machines;

    /// <summary>Those with a process.</summary>
    public IEnumerable<Machine> Running => _machines.Where(static m => m.IsRunning);

    /// <summary>The network between them.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>Called before a process ends, in whatever way: the last look at what it held.</summary>
    public Action<Machine> Ending { get; set; } = static _ => { };

    /// <summary>Called when a replica has given up what it had, to join anew.</summary>
    public Action<Machine> Discarded { get; set; } = static _ => { };

    /// <summary>Called when a process has been started.</summary>
    public Action<Machine> Started { get; set; } = static _ => { };

    /// <summary>Called when a process has read its data folder, before it does anything else.</summary>
    public Action<Machine> Recovered { get; set; } = static _ => { };

    /// <summary>Called when a process has accepted writes, or begun to number them anew; with the start id.</summary>
    public Action<Machine, ulong> Accepted { get; set; } = static (_, _) => { };

    /// <summary>Called when a process has ended by itself: after it left, or since a part of it failed.</summary>
    public Action<Machine> EndedByItself { get; set; } = static _ => { };

    /// <summary>Called with what a node logs.</summary>
    public Action<string> Logged { get; set; } = static _ => { };

    /// <summary>What the nodes say, from warnings on.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>A machine more, with nothing on it.</summary>
    public Machine Add()
    {
        var index = _machines.Count;
        var disk = _plan.Durability is null ? null : new SimulatedDisk(Streams.Disk(_plan.Seed, index), _plan.Disks, (delay, action) => _queue.After(delay, action));
        var machine = new Machine(index, new MachineClock(_queue), disk);
        _machines.Add(machine);
        return machine;
    }

    /// <summary>
    /// Starts a process. The seed nodes that it is told are the other machines; where there is no cluster, itself before them, as whoever
    /// starts the machines one by one would have it.
    /// </summary>
    public void Start(Machine machine, bool asFounder = false)
    {
        var startId = (ulong)_streams.Identities.NextInt64(1, long.MaxValue);
        var hashSeed = (ulong)_streams.Identities.NextInt64();
        var lifetime = new Lifetime();
        var time = machine.Clock.For(lifetime);
        var isFounder = asFounder || !Running.Any(static m => m.Process!.IsFounder || m.Process.Membership.State.Members.Count > 0);
        var seeds = _machines.Where(other => other != machine && other.IsWanted).Select(AddressOf).ToList();
        if (isFounder)
            seeds.Insert(0, AddressOf(machine));
        var config = ConfigurationFactory.ParseString(Configuration(machine, seeds)).WithFallback(s_reference);
        var settings = new NodeSettings { Gateway = null, Durability = _plan.Durability, Replica = _plan.Replica with { Name = machine.Name } };
        var engine = EngineSetup.Create()
            .WithDispatcher(new SimulatedDispatcher(_queue, _streams.Turns, lifetime))
            .WithTime(time)
            .WithSeed(_streams.Identities.Next())
            .WithLogSink(new NodeLog(this, machine))
            .WithTransport(transport => Network.Attach(transport, lifetime));
        var disk = machine.Disk?.Mount();
        var identity = new NodeIdentity(startId, hashSeed, machine.Disk?.Identify(startId) ?? 0);
        Note(TraceKind.Start, machine, (long)startId, $"starts as {startId:x}{(isFounder ? ", may found the cluster" : "")}");
        machine.Process = new NodeProcess(lifetime, BootstrapSetup.Create().WithConfig(config).And(engine), settings, identity, time, disk) { IsFounder = isFounder };
        Started(machine);
    }

    /// <summary>kill -9, or what a process does that ends; what it has written stays.</summary>
    public void Kill(Machine machine)
    {
        if (!machine.IsRunning)
            return;
        Note(TraceKind.End, machine, 0, "is killed");
        Ending(machine);
        machine.Process!.Kill();
        machine.Disk?.Kill();
        _ended.Add(machine.Process);
    }

    /// <summary>The machine loses its power, with what is not synced.</summary>
    public void CutPower(Machine machine)
    {
        Note(TraceKind.End, machine, 1, machine.IsRunning ? "loses its power" : "loses its power, without a process");
        if (machine.IsRunning)
        {
            Ending(machine);
            machine.Process!.Kill();
            _ended.Add(machine.Process);
        }
        // Where sectors are written in any order the start may find a hole before what is valid. It cuts there, but not where a reply
        // was promised to outlive this: there it asks.
        machine.MayRefuseStart |= machine.Disk?.CutPower() == PowerLoss.Sectors && _plan.Durability!.Fsync == FsyncPolicy.Always;
    }

    /// <summary>Finds stores that have been made, and processes that have ended by themselves; called between all events.</summary>
    public void Watch()
    {
        foreach (var machine in _machines)
        {
            if (!machine.IsRunning)
                continue;
            machine.Process!.Watch();
            while (machine.Process.HasAccepted(out var startId))
                Accepted(machine, startId);
            if (machine.Process.HasJustRecovered())
                Recovered(machine);
            if (machine.Process.HasDiscarded())
                Discarded(machine);
            if (!machine.Process.HasEnded)
                continue;
            Note(TraceKind.End, machine, 2, machine.Process.HasFailed ? $"has failed: {machine.Process.Failure?.Message}" : "has left");
            machine.Process.Kill();
            machine.Disk?.Kill();
            _ended.Add(machine.Process);
            EndedByItself(machine);
        }
    }

    /// <summary>Frees what processes that are over hold outside of the collected heap.</summary>
    public void Dispose()
    {
        foreach (var process in _ended.Concat(Running.Select(static m => m.Process!)))
            process.Dispose();
    }

    private static readonly Config s_reference = ConfigurationFactory.ParseString(NodeSettings.Reference);

    private string Configuration(Machine machine, IReadOnlyList<string> seeds) => string.Create(CultureInfo.InvariantCulture, $$"""
        akka {
          loglevel = INFO
          remote.dot-netty.tcp { hostname = "{{machine.Name}}", port = {{Port}} }
          cluster {
            app-version = "1.0.0"
            seed-nodes = [{{string.Join(", ", seeds)}}]
            seed-node-timeout = 2s
            retry-unsuccessful-join-after = 2s
            failure-detector { acceptable-heartbeat-pause = {{HeartbeatPause.TotalSeconds}}s }
            split-brain-resolver.stable-after = {{_plan.StableAfter.TotalSeconds}}s
          }
        }
        """);

    private static string AddressOf(Machine machine) => $"\"akka.tcp://{NodeProcess.SystemName}@{machine.Name}:{Port}\"";

    private void Note(TraceKind kind, Machine machine, long value, string what)
    {
        _trace.Note(kind, machine.Index, value);
        if (_trace.IsRead)
            _trace.Say(machine.Name, what);
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.ErrorLevel => "error",
        LogLevel.WarningLevel => "warning",
        _ => "log",
    };

    private sealed class NodeLog(SimulatedCluster cluster, Machine machine) : LogSink
    {
        public override void Write(LogEvent logEvent)
        {
            var text = logEvent.Message.ToString() ?? "";
            cluster._trace.Note(TraceKind.Log, machine.Index);
            cluster._trace.Note(text);
            if (logEvent.LogLevel() >= LogLevel.ErrorLevel)
                cluster.Warnings.Add($"{machine.Name} {text} {logEvent.Cause}");
            cluster.Logged(text);
            var level = logEvent.LogLevel();
            if (cluster._trace.ShowsLogs || (cluster._trace.IsRead && level >= LogLevel.WarningLevel))
                cluster._trace.Say(machine.Name, $"{Word(level)}: {text}{(logEvent.Cause is { } cause ? $" ({cause})" : "")}");
        }
    }
}
