namespace KvStore.Actors.Remoting;

/// <summary>
/// The reference to an actor in another system. Tells are at most once and in order per pair, as everywhere; a Tell never waits for
/// the network.
/// </summary>
/// <remarks>
/// System messages travel on the control lane, so a <see cref="Terminated"/> may overtake the last messages of the actor that has
/// stopped. They are sent once: a watch that is lost with its connection is made good only when the watched node is removed from
/// the cluster, or comes back as another incarnation. Outside a cluster a silent node is never judged dead.
/// </remarks>
internal sealed class RemoteActorRef : ActorRefBase
{
    private readonly TransportRemoting _remoting;
    private readonly RemoteOutlet _outlet;

    internal RemoteActorRef(TransportRemoting remoting, ActorPath path)
        : base(path)
    {
        _remoting = remoting;
        _outlet = new RemoteOutlet(remoting, path.Address, path.ToSerializationFormat());
    }

    protected override void TellInternal(object message, IActorRef? sender) =>
        _remoting.Send(_outlet, message is IControlMessage ? Lane.Control : Lane.Data, message, sender);

    private protected override bool IsLocalRef => false;

    private protected override IActorRefProvider ProviderOfRef => _remoting.Provider;

    private protected override void OnSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Watch watch when _remoting.IsGone(Path.Address):
                watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: true));
                break;
            case Watch or Unwatch or DeathWatchNotification or Terminate:
                _remoting.Send(_outlet, Lane.Control, message, ActorRefs.NoSender);
                break;
        }
    }
}
