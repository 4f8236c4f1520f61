namespace KvStore.Actors.Tests.Fixtures;

/// <summary>A reference to an actor on another node, with no node behind it: keeps what it is sent.</summary>
internal sealed class SilentRef(ActorPath path) : ActorRefBase(path)
{
    internal List<object> Messages { get; } = [];

    internal List<SystemMessage> SystemMessages { get; } = [];

    protected override void TellInternal(object message, IActorRef? sender) => Messages.Add(message);

    private protected override bool IsLocalRef => false;

    private protected override void OnSystemMessage(SystemMessage message) => SystemMessages.Add(message);
}
