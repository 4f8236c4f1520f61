using KvStore.Core.Replication;

namespace KvStore.Simulator.Cluster;

/// <summary>Stands before the mediator of one node: shows what the store publishes, and passes everything on.</summary>
internal sealed class PublishTap(IActorRef mediator, Action<Mutations> published) : IActorRef
{
    public ActorPath Path => mediator.Path;

    public void Tell(object message, IActorRef? sender)
    {
        if (message is Publish { Message: Mutations mutations })
            published(mutations);
        mediator.Tell(message, sender);
    }

    public bool Equals(IActorRef? other) => mediator.Equals(other);

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => mediator.GetHashCode();

    public int CompareTo(IActorRef? other) => mediator.CompareTo(other);
}
