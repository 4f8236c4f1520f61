using Akka.Remote;

namespace KvStore.Node;

/// <content>
/// A node that others have removed while it could not hear them is quarantined by them: they take nothing from it any more. Akka.NET
/// says so in an event, and leaves this node to wait until its own resolver decides, <c>stable-after</c> and some seconds later. Akka on the JVM has
/// the node down itself at once; so does this.
/// </content>
public sealed partial class StoreNode
{
    static partial void StartQuarantineWatch(ActorSystem system) =>
        system.ActorOf(Props.Create(static () => new QuarantineWatch()), "quarantine-watch");

    private sealed class QuarantineWatch : UntypedActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();
        private readonly Cluster _cluster = Cluster.Get(Context.System);

        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));

        protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

        protected override void OnReceive(object message)
        {
            if (message is not ThisActorSystemQuarantinedEvent { RemoteAddress: var by })
            {
                Unhandled(message);
                return;
            }
            // One that this side has removed in its turn belongs to another cluster by now, and has no say.
            if (_cluster.IsTerminated || !_cluster.State.Members.Any(member => member.Address == by))
                return;
            _log.Warning("{0} has excluded this node, which can't be undone: its membership ends", by);
            _cluster.Down(_cluster.SelfAddress);
        }
    }
}
