namespace KvStore.Actors;

/// <summary>Equality, order and text form of references, and do-nothing answers for those that are no actors.</summary>
public abstract class ActorRefBase : IInternalActorRef
{
    private string? _serializedPath;

    private protected ActorRefBase(ActorPath path) => Path = path;

    /// <inheritdoc/>
    public ActorPath Path { get; }

    /// <inheritdoc/>
    public void Tell(object message, IActorRef? sender)
    {
        if (message is null)
            throw new InvalidMessageException("Message is null.");
        TellInternal(message, sender);
    }

    /// <summary>Delivers a message that is known not to be null.</summary>
    protected abstract void TellInternal(object message, IActorRef? sender);

    /// <summary>The path as other systems need it. Kept, since a sender's goes with each of its messages.</summary>
    internal string SerializedPath => _serializedPath ??= ProviderOfRef is { } provider
        ? Path.ToSerializationFormatWithAddress(provider.DefaultAddress)
        : Path.ToSerializationFormat();

    IInternalActorRef IInternalActorRef.Parent => ParentRef;

    bool IInternalActorRef.IsLocal => IsLocalRef;

    IActorRefProvider? IInternalActorRef.Provider => ProviderOfRef;

    void IInternalActorRef.SendSystemMessage(SystemMessage message) => OnSystemMessage(message);

    IInternalActorRef? IInternalActorRef.GetChild(string name) => FindChild(name);

    void IInternalActorRef.Start() => OnStart();

    void IInternalActorRef.Suspend() => OnSystemMessage(SystemMessages.Suspend);

    void IInternalActorRef.Resume(Exception? causedByFailure) => OnSystemMessage(new Resume(causedByFailure));

    void IInternalActorRef.Restart(Exception cause) => OnSystemMessage(new Recreate(cause));

    void IInternalActorRef.Stop() => OnSystemMessage(SystemMessages.Terminate);

    private protected virtual IInternalActorRef ParentRef => Nobody.Instance;

    private protected virtual bool IsLocalRef => true;

    private protected virtual IActorRefProvider? ProviderOfRef => null;

    private protected virtual void OnSystemMessage(SystemMessage message)
    {
    }

    private protected virtual IInternalActorRef? FindChild(string name) => null;

    private protected virtual void OnStart()
    {
    }

    /// <inheritdoc/>
    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, Path.Uid);

    /// <inheritdoc/>
    public int CompareTo(IActorRef? other)
    {
        if (other is null)
            return 1;
        var order = Path.CompareTo(other.Path);
        return order != 0 ? order : Path.Uid.CompareTo(other.Path.Uid);
    }

    /// <summary>The path with its uid, in brackets.</summary>
    public override string ToString() => $"[{Path.ToStringWithUid()}]";
}
