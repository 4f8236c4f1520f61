using KvStore.Actors.Membership;
using KvStore.Simulator.Cluster;
using KvStore.Simulator.Disk;
using KvStore.Simulator.Faults;
using KvStore.Simulator.Network;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Tests.Runs;

/// <summary>
/// Five nodes of which each side of a cut has judged the other dead. Resolvers do that when a network comes and goes while they decide; here
/// operators of both sides do, so that it happens every time.
/// </summary>
public sealed class TwoClustersTests : IDisposable
{
    private static readonly int[] s_everyone = [0, 1, 2, 3, 4];

    private readonly SynchronizationContext? _before = SynchronizationContext.Current;
    private readonly EventQueue _queue = new();
    private readonly List<string> _log = [];
    private readonly SimulatedCluster _cluster;

    public TwoClustersTests()
    {
        SynchronizationContext.SetSynchronizationContext(new QueueContext(_queue));
        var plan = PlanDrawer.Draw(1) with
        {
            Nodes = s_everyone.Length,
            Durability = null,
            StableAfter = TimeSpan.FromSeconds(60),
            Skews = [.. s_everyone.Select(static _ => TimeSpan.Zero)],
            Links = LinkFaults.None,
            Disks = DiskFaults.None,
            Schedule = [],
        };
        _cluster = new SimulatedCluster(plan, new Streams(plan.Seed), _queue, new Trace(_queue, output: null)) { Logged = _log.Add };
    }

    public void Dispose()
    {
        _cluster.Dispose();
        SynchronizationContext.SetSynchronizationContext(_before);
    }

    [Theory]
    [InlineData("0 1 2", "3 4")]
    [InlineData("0 4", "1 2 3")]
    [InlineData("1 2 3 4", "0")]
    public void Two_clusters_become_one_by_themselves_and_hold_what_was_written_to_either(string left, string right)
    {
        var (here, there) = (Side(left), Side(right));
        Split(here, there);
        Tell(here[0], "SET here 1\nDEL deleted:here\n");
        Tell(there[0], "SET there 2\nDEL deleted:there\n");
        var greater = here.Length > there.Length ? here : there;
        var stays = greater.Select(i => Membership(i).SelfUniqueAddress).ToList();
        var processes = s_everyone.Select(i => Process(i).StartId).ToList();

        _cluster.Network.MendAll();
        Run(TimeSpan.FromSeconds(60));
        ShouldBeOne();
        greater.Select(i => Membership(i).SelfUniqueAddress).ShouldBe(stays, "the greater side stays as it is");
        s_everyone.Select(i => Process(i).StartId).ShouldBe(processes, "nobody was started again");
        Process(there[0]).Replica!.TryGet("here"u8, out _).ShouldBeTrue();
        Process(here[0]).Replica!.TryGet("there"u8, out _).ShouldBeTrue();
        Process(there[0]).Replica!.TryGet("deleted:here"u8, out _).ShouldBeFalse();
        Process(here[0]).Replica!.TryGet("deleted:there"u8, out _).ShouldBeFalse();
        _log.Count(static line => line.Contains(": the cluster has split in two.", StringComparison.Ordinal)).ShouldBe(5, "once on each node");
    }

    [Fact]
    public void What_an_operator_asks_for_happens_at_once_whichever_side_is_asked()
    {
        foreach (var asked in (int[])[0, 4])
        {
            Split([0, 1, 2], [3, 4]);
            _cluster.Network.MendAll();
            Run(TimeSpan.FromSeconds(7));
            Membership(0).State.Members.Count.ShouldBe(3, "nothing is proven yet");
            Tell(asked, "KVCLUSTER HEAL\n");
            Run(TimeSpan.FromSeconds(7));
            ShouldBeOne();
            _log.Count(static line => line.StartsWith("this node's cluster is the lesser", StringComparison.Ordinal)).ShouldBe(asked == 4 ? 1 : 0);
            _log.Clear();
        }
    }

    [Fact]
    public void One_that_began_anew_in_memory_and_founded_a_cluster_is_a_stranger_until_an_operator_says_otherwise()
    {
        Start();
        Cut([0], [1, 2, 3, 4]);
        _cluster.Kill(_cluster.Machines[0]);
        Run(TimeSpan.FromSeconds(10));
        Down([1, 2, 3, 4], [0]);
        _cluster.Start(_cluster.Machines[0], asFounder: true);
        Run(TimeSpan.FromSeconds(20));
        Membership(0).State.Members.Count.ShouldBe(1);
        Tell(0, "SET stranger 3\n");
        _cluster.Network.MendAll();
        Run(TimeSpan.FromSeconds(120));
        Membership(0).State.Members.Count.ShouldBe(1, "its replica is registered nowhere else");
        _log.ShouldContain(static line => line.Contains("none of their replicas is registered here", StringComparison.Ordinal));

        Tell(1, "KVCLUSTER HEAL\n");
        Run(TimeSpan.FromSeconds(20));
        ShouldBeOne();
        Process(4).Replica!.TryGet("stranger"u8, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_side_that_hears_nothing_of_the_move_comes_to_know_it_by_itself()
    {
        Split([0, 1, 2], [3, 4]);
        _cluster.Network.MendAll();
        // What one of the two would tell the other is lost, and each finds the three.
        _cluster.Network.Cut("n4", "n5");
        _cluster.Network.Cut("n5", "n4");
        Run(TimeSpan.FromSeconds(30));
        _cluster.Network.MendAll();
        Run(TimeSpan.FromSeconds(120));
        ShouldBeOne();
    }

    private static int[] Side(string text) => [.. text.Split(' ').Select(int.Parse)];

    private NodeProcess Process(int index) => _cluster.Machines[index].Process!;

    private KvStore.Actors.Membership.Cluster Membership(int index) => Process(index).Membership;

    private void Tell(int index, string line)
    {
        Process(index).Tell(_queue, line);
        Run(TimeSpan.FromSeconds(1));
    }

    private void Start()
    {
        foreach (var machine in _cluster.Machines.Where(static m => !m.IsRunning))
            _cluster.Start(machine);
        Run(TimeSpan.FromSeconds(20));
        ShouldBeOne();
    }

    private void Split(int[] here, int[] there)
    {
        Start();
        Tell(here[0], "MSET deleted:here x deleted:there x\n");
        Cut(here, there);
        Run(TimeSpan.FromSeconds(10));
        Down(here, there);
        Down(there, here);
        Run(TimeSpan.FromSeconds(5));
        foreach (var index in here)
            Membership(index).State.Members.Count.ShouldBe(here.Length);
        foreach (var index in there)
            Membership(index).State.Members.Count.ShouldBe(there.Length);
    }

    private void Cut(int[] here, int[] there)
    {
        foreach (var (from, to) in here.SelectMany(a => there.Select(b => (_cluster.Machines[a].Name, _cluster.Machines[b].Name))))
        {
            _cluster.Network.Cut(from, to);
            _cluster.Network.Cut(to, from);
        }
    }

    private void Down(int[] judges, int[] judged)
    {
        foreach (var index in judged)
            Tell(judges[0], $"KVCLUSTER DOWN {_cluster.Machines[index].Name}:4053\n");
    }

    private void ShouldBeOne()
    {
        foreach (var index in s_everyone)
        {
            Membership(index).State.Members.Count(static m => m.Status == MemberStatus.Up).ShouldBe(s_everyone.Length, $"as n{index + 1} sees it");
            Process(index).Replica!.Ready.ShouldBeTrue();
        }
        s_everyone.Select(i => Process(i).Replica!.Digest()).Distinct().Count().ShouldBe(1, "contents differ");
    }

    private void Run(TimeSpan time)
    {
        var end = _queue.Now + time;
        while (_queue.RunNext(end))
            _cluster.Watch();
    }
}
