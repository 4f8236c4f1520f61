using KvStore.Actors.Membership;

namespace KvStore.Actors.Tests.Membership;

public sealed class PhiAccrualFailureDetectorTests
{
    [Fact]
    public void A_node_that_was_never_heard_of_counts_as_healthy()
    {
        var detector = new PhiAccrualFailureDetector(MembershipSettings.Default);
        detector.IsAvailable(1_000_000).ShouldBeTrue();
        detector.IsMonitoring.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 0, 10, 0.3)]
    [InlineData(6, 0, 10, 0.6)]
    [InlineData(25, 0, 10, 2.2)]
    [InlineData(50, 0, 10, 7.3)]
    public void Phi_follows_the_tail_of_the_normal_distribution(double elapsed, double mean, double deviation, double expected) =>
        PhiAccrualFailureDetector.Phi(elapsed, mean, deviation).ShouldBe(expected, 0.15);

    [Fact]
    public void Regular_heartbeats_keep_a_node_available_and_silence_condemns_it_after_the_acceptable_pause()
    {
        var detector = new PhiAccrualFailureDetector(MembershipSettings.Default);
        for (var now = 0L; now <= 60_000; now += 1000)
        {
            detector.IsAvailable(now).ShouldBeTrue();
            detector.Heartbeat(now);
        }
        detector.IsAvailable(60_000 + 4000).ShouldBeTrue("one interval and the acceptable pause");
        detector.IsAvailable(60_000 + 5000).ShouldBeFalse();
        detector.Heartbeat(70_000);
        detector.IsAvailable(70_001).ShouldBeTrue("it answers again");
        detector.IsAvailable(70_000 + 5000).ShouldBeFalse("the pause did not blur its history");
    }

    [Fact]
    public void Only_the_newest_intervals_count()
    {
        var detector = new PhiAccrualFailureDetector(8, maxSampleSize: 10, minStdDeviationMs: 10, acceptablePauseMs: 0, firstEstimateMs: 1000);
        var now = 0L;
        for (var i = 0; i < 100; i++)
            detector.Heartbeat(now += i < 50 ? 1000 : 100);
        detector.IsAvailable(now + 300).ShouldBeFalse();
    }
}
