namespace KvStore.Node.Healing;

/// <summary>The embedded engine carries such words with its membership's own, and takes a node in again under a new uid.</summary>
internal sealed class OutsideLine(Cluster cluster) : IOutsideLine
{
    public bool IsOpen => true;

    public IReadOnlyCollection<Address> RemovedAddresses => cluster.RemovedAddresses;

    public void Listen(IActorRef listener) => cluster.ListenOutside(listener);

    public (Address From, ReadOnlyMemory<byte> Content)? Read(object message) => message is OutsideMessage outside ? (outside.From, outside.Content) : null;

    public void Tell(Address to, byte[] content) => cluster.TellOutside(to, content);

    public void JoinInstead(IReadOnlyCollection<Address> others) => cluster.JoinInstead(others);
}
