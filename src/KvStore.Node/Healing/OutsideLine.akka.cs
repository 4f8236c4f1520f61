namespace KvStore.Node.Healing;

/// <summary>There is none on Akka.NET: a member that was removed is quarantined for good, and comes back as another process.</summary>
internal sealed class OutsideLine : IOutsideLine
{
    public OutsideLine(Cluster cluster) => ArgumentNullException.ThrowIfNull(cluster);

    public bool IsOpen => false;

    public IReadOnlyCollection<Address> RemovedAddresses => [];

    public void Listen(IActorRef listener)
    {
    }

    public (Address From, ReadOnlyMemory<byte> Content)? Read(object message) => null;

    public void Tell(Address to, byte[] content)
    {
    }

    public void JoinInstead(IReadOnlyCollection<Address> others)
    {
    }
}
