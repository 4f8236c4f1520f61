namespace KvStore.MultiNode.Tests;

/// <summary>One actor system with cluster and pub/sub, and a hand on its network.</summary>
internal sealed class SpecNode : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private SpecNode(ActorSystem system, INetworkFaults faults, IReadOnlyList<Address> seeds)
    {
        System = system;
        Faults = faults;
        Seeds = seeds;
        Cluster = Cluster.Get(system);
    }

    public ActorSystem System { get; }

    public INetworkFaults Faults { get; }

    public Cluster Cluster { get; }

    public IReadOnlyList<Address> Seeds { get; private set; }

    public Address Address => Cluster.SelfAddress;

    public bool HasEnded { get; private set; }

    public static SpecNode Start(int port = 0, string overrides = "")
    {
        // Faster than the defaults, so that a spec takes seconds; the proportions between them are the defaults'.
        // Nobody is removed but by a spec that asks for a resolver.
        var config = ConfigurationFactory.ParseString($$"""
            akka.cluster.downing-provider-class = ""
            {{overrides}}
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = cluster
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
              coordinated-shutdown.run-by-actor-system-terminate = off
              coordinated-shutdown.terminate-actor-system = off
              cluster {
                run-coordinated-shutdown-when-down = off
                gossip-interval = 200ms
                leader-actions-interval = 200ms
                unreachable-nodes-reaper-interval = 200ms
                seed-node-timeout = 2s
                retry-unsuccessful-join-after = 1s
                failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1500ms, expected-response-after = 200ms }
              }
            }
            {{NetworkFaults.Configuration}}
            """);
        var (system, faults) = NetworkFaults.Create("spec", config);
        return new SpecNode(system, faults, []);
    }

    public void Join(params SpecNode[] seeds)
    {
        Seeds = [.. seeds.Select(static s => s.Address)];
        Cluster.JoinSeedNodes(Seeds);
    }

    /// <summary>Addresses that this node sees up and reachable.</summary>
    public IReadOnlySet<Address> UpAndReachable()
    {
        var state = Cluster.State;
        return state.Members
            .Where(m => m.Status == MemberStatus.Up && !state.Unreachable.Contains(m))
            .Select(static m => m.Address)
            .ToHashSet();
    }

    public int MemberCount() => Cluster.State.Members.Count;

    /// <summary>The end of a process that leaves nothing said: sockets close, and nobody is told.</summary>
    public async Task CrashAsync()
    {
        HasEnded = true;
        await System.Terminate().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
            await CrashAsync();
    }
}
