using FsCheck;
using FsCheck.Fluent;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

public sealed class ConvergenceTests
{
    public enum Write
    {
        Set,
        SetWithExpiry,
        Delete,
        Expire,
        Persist,
        FlushAll,
    }

    /// <summary>One write of one replica on one of a few keys, then what becomes of a message that is under way.</summary>
    public sealed record Step(int Replica, Write Write, int Key, int Value, int Fate, int Message);

    [Fact]
    public void Any_permutation_duplication_and_loss_then_refill_from_three_origins_ends_in_identical_tables()
    {
        var steps = (
            from replica in Gen.Choose(0, 2)
            from write in Gen.Frequency(
                (8, Gen.Constant(Write.Set)),
                (2, Gen.Constant(Write.SetWithExpiry)),
                (3, Gen.Constant(Write.Delete)),
                (1, Gen.Constant(Write.Expire)),
                (1, Gen.Constant(Write.Persist)),
                (1, Gen.Constant(Write.FlushAll)))
            from key in Gen.Choose(0, 5)
            from value in Gen.Choose(0, 2_000)
            from fate in Gen.Choose(0, 5)
            from message in Gen.Choose(0, 1_000)
            select new Step(replica, write, key, value, fate, message)).ListOf();

        Prop.ForAll(steps.ToArbitrary(), list => Converges([.. list]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(120));
    }

    private static bool Converges(IReadOnlyList<Step> steps)
    {
        // Small messages and a small backlog, so that splitting, refills and transfers all take part.
        var settings = new ReplicaSettings { MessageBytes = 256, BacklogBytes = 4_096, RefillBytes = 1_024 };
        using var cluster = new TestCluster(3, settings);
        cluster.Run(2_000);
        foreach (var step in steps)
        {
            cluster.Turn(cluster.Replicas[step.Replica], r => Apply(r, step));
            if (cluster.UnderWay.Count == 0)
                continue;
            var index = step.Message % cluster.UnderWay.Count;
            switch (step.Fate)
            {
                case 0:
                    cluster.UnderWay.RemoveAt(index);
                    break;
                case 1:
                    cluster.Deliver(index, keep: true);
                    break;
                case 2:
                    break;
                default:
                    cluster.Deliver(index);
                    break;
            }
        }
        cluster.Run(10_000);
        cluster.ShouldBeIdentical();
        foreach (var replica in cluster.Replicas)
            replica.Counters.Diverged.ShouldBe(0);
        return true;
    }

    private static void Apply(Replica replica, Step step)
    {
        var key = "key:" + step.Key;
        var bytes = System.Text.Encoding.UTF8.GetBytes(key);
        switch (step.Write)
        {
            case Write.Set:
                TestCluster.Set(replica, key, new string('v', step.Value));
                break;
            case Write.SetWithExpiry:
                TestCluster.Set(replica, key, "short-lived", replica.NowMs + (step.Value * 4));
                break;
            case Write.Delete:
                replica.Delete(bytes);
                break;
            case Write.Expire:
                replica.SetExpiry(bytes, replica.NowMs + step.Value);
                break;
            case Write.Persist:
                replica.SetExpiry(bytes, 0);
                break;
            case Write.FlushAll:
                replica.FlushAll();
                break;
        }
    }
}
