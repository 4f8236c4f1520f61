namespace KvStore.Actors;

/// <summary>The reference to an actor in this process.</summary>
internal sealed class LocalActorRef : ActorRefBase
{
    private readonly Mailbox _mailbox;

    internal LocalActorRef(ActorSystemImpl system, Props props, ActorPath path, MessageDispatcher dispatcher, IInternalActorRef parent)
        : base(path)
    {
        Cell = new ActorCell(system, this, props, dispatcher, parent);
        _mailbox = Cell.Mailbox;
    }

    internal ActorCell Cell { get; }

    protected override void TellInternal(object message, IActorRef? sender) => _mailbox.Post(message, sender);

    internal void StopSelf() => _mailbox.PostSystem(SystemMessages.Terminate);

    private protected override IInternalActorRef ParentRef => Cell.ParentRef;

    private protected override IActorRefProvider ProviderOfRef => Cell.SystemImpl.Provider;

    private protected override void OnSystemMessage(SystemMessage message) => _mailbox.PostSystem(message);

    private protected override void OnStart() => _mailbox.PostSystem(SystemMessages.Create);

    // The root has names below it that are no actors: /temp and /deadLetters.
    private protected override IInternalActorRef? FindChild(string name) =>
        FindActor(name) ?? (ReferenceEquals(this, Cell.SystemImpl.Root) ? Cell.SystemImpl.Provider.Impl.FindBesideActors(name) : null);

    private IInternalActorRef? FindActor(string name)
    {
        var hash = name.IndexOf('#', StringComparison.Ordinal);
        if (hash <= 0)
            return Cell.FindChild(name);
        var child = Cell.FindChild(name[..hash]);
        return child is not null && child.Path.Uid.ToString(System.Globalization.CultureInfo.InvariantCulture) == name[(hash + 1)..] ? child : null;
    }
}
