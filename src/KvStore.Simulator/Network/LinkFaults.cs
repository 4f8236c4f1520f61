namespace KvStore.Simulator.Network;

/// <summary>What the network does to messages while it is not cut; drawn for each run.</summary>
internal sealed record LinkFaults
{
    /// <summary>A network that only takes its time.</summary>
    public static readonly LinkFaults None = new();

    /// <summary>The least that a message takes.</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>What it takes beyond that on average; the delays fall off exponentially, so some take ten times as long.</summary>
    public TimeSpan MeanDelay { get; init; } = TimeSpan.FromMicroseconds(300);

    /// <summary>The share of messages that are lost, from 0 to 0.3.</summary>
    public double Loss { get; init; }

    /// <summary>The share of the store's messages that come twice, from 0 to 0.5.</summary>
    public double Duplication { get; init; }

    /// <summary>The share of messages that may overtake and be overtaken.</summary>
    public double Reordering { get; init; }
}
