using KvStore.Actors.Configuration;

namespace KvStore.Actors.TestKit;

/// <summary>What stands below <c>akka.test</c>.</summary>
public sealed class TestKitSettings
{
    internal TestKitSettings(Config config)
    {
        var test = config.GetConfig("akka.test");
        TestTimeFactor = test.GetDouble("timefactor", 1);
        SingleExpectDefault = test.GetTimeSpan("single-expect-default", TimeSpan.FromSeconds(3));
        DefaultTimeout = test.GetTimeSpan("default-timeout", TimeSpan.FromSeconds(5));
        TestEventFilterLeeway = test.GetTimeSpan("filter-leeway", TimeSpan.FromSeconds(3));
    }

    /// <summary>How much longer everything takes on this machine.</summary>
    public double TestTimeFactor { get; }

    /// <summary>How long an expectation waits unless told.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long everything else waits unless told.</summary>
    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long after the action an event filter still waits for its events.</summary>
    public TimeSpan TestEventFilterLeeway { get; }
}
