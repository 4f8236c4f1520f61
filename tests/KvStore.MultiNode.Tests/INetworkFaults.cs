namespace KvStore.MultiNode.Tests;

/// <summary>Which way a fault holds, seen from the node that it is set on.</summary>
internal enum FaultDirection
{
    Send,
    Receive,
    Both,
}

/// <summary>
/// What a spec may do to the network of one node, in the words of Akka's test conductor. Each engine has its own adapter; this is all that
/// the specs know of either.
/// </summary>
internal interface INetworkFaults
{
    /// <summary>Messages to or from that node vanish.</summary>
    void Blackhole(Address remote, FaultDirection direction);

    /// <summary>Messages pass again.</summary>
    void PassThrough(Address remote, FaultDirection direction);

    /// <summary>Messages to that node are slowed down to so many bytes a second.</summary>
    void Throttle(Address remote, int bytesPerSecond);
}
