using System.Collections.Concurrent;

namespace KvStore.Actors;

/// <summary>Resolves references, and knows the system's address.</summary>
public interface IActorRefProvider
{
    /// <summary>The path all others begin with.</summary>
    ActorPath RootPath { get; }

    /// <summary>The system's address: with host and port where it can be reached from outside.</summary>
    Address DefaultAddress { get; }

    /// <summary>Takes what nobody else can.</summary>
    IActorRef DeadLetters { get; }

    /// <summary>The reference at a path; one that leads to dead letters where nobody is.</summary>
    IActorRef ResolveActorRef(string path);

    /// <summary>The reference at a path; one that leads to dead letters where nobody is.</summary>
    IActorRef ResolveActorRef(ActorPath actorPath);

    internal ActorRefProvider Impl { get; }

    internal IActorRef Missing(ActorPath path);
}

/// <summary>
/// The connection to other systems, which remoting supplies. References it hands out implement
/// <see cref="IInternalActorRef"/>: they send user messages, and turn <see cref="Watch"/> and <see cref="Unwatch"/> into what its
/// own failure detection needs.
/// </summary>
internal interface IRemoting
{
    /// <summary>This system's address as others reach it; known before any actor is started.</summary>
    Address LocalAddress { get; }

    /// <summary>The reference to an actor elsewhere. The path carries a foreign address, and a uid where it is known.</summary>
    IInternalActorRef RefFor(ActorPath path);

    /// <summary>Called once the guardians are there: listening may begin.</summary>
    void Start();

    /// <summary>Called when every actor has stopped, or the system could not start. Sends what is queued, and then calls back once.</summary>
    void Stop(Action stopped);
}

/// <summary>The root, the guardians, <c>/temp</c>, and the door to other systems.</summary>
internal sealed class ActorRefProvider : IActorRefProvider
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _temp = new(StringComparer.Ordinal);
    private readonly IRemoting? _remoting;
    private readonly Address _bareAddress;
    private readonly long _tempUid;
    private long _temps;

    internal ActorRefProvider(ActorSystemImpl system, IRemoting? remoting)
    {
        System = system;
        _remoting = remoting;
        // A late answer to an ask of this system's predecessor on the same address must not find one of ours.
        _tempUid = system.NextUid();
        _bareAddress = new Address("akka", system.Name);
        DefaultAddress = remoting?.LocalAddress ?? _bareAddress;
        RootPath = new RootActorPath(DefaultAddress);
        TempContainer = new TempContainer(this, RootPath / "temp");
        DeadLettersRef = new DeadLetterActorRef(system, RootPath / "deadLetters");
    }

    public ActorPath RootPath { get; }

    public Address DefaultAddress { get; }

    public IActorRef DeadLetters => DeadLettersRef;

    internal ActorSystemImpl System { get; }

    internal DeadLetterActorRef DeadLettersRef { get; }

    internal TempContainer TempContainer { get; }

    internal IInternalActorRef RootRef => System.Root;

    ActorRefProvider IActorRefProvider.Impl => this;

    public IActorRef ResolveActorRef(string path) => ActorPath.TryParse(path, out var parsed) ? ResolveActorRef(parsed) : DeadLettersRef;

    public IActorRef ResolveActorRef(ActorPath actorPath)
    {
        if (!IsOwn(actorPath.Address))
            return _remoting?.RefFor(actorPath) ?? Missing(actorPath);
        var found = RootRef;
        foreach (var element in actorPath.Elements)
        {
            if (found.GetChild(element) is not { } next)
                return Missing(actorPath);
            found = next;
        }
        return actorPath.Uid == 0 || actorPath.Uid == found.Path.Uid ? found : Missing(actorPath);
    }

    public IActorRef Missing(ActorPath path) => new EmptyLocalActorRef(System, path);

    /// <summary>The root at an address, as the anchor of a selection.</summary>
    internal IActorRef RootAt(Address address) => IsOwn(address) ? RootRef : ResolveActorRef(new RootActorPath(address));

    internal bool IsOwn(Address address) => address.Equals(DefaultAddress) || address.Equals(_bareAddress);

    internal ActorPath NextTempPath() => new ChildActorPath(TempContainer.Path, $"${Interlocked.Increment(ref _temps)}", _tempUid);

    internal void RegisterTemp(IInternalActorRef actor) => _temp[actor.Path.Name] = actor;

    internal void UnregisterTemp(IInternalActorRef actor) => _temp.TryRemove(actor.Path.Name, out _);

    internal IInternalActorRef? FindBesideActors(string name) => name switch
    {
        "temp" => TempContainer,
        "deadLetters" => DeadLettersRef,
        _ => null,
    };

    internal IInternalActorRef? FindTemp(string name) => _temp.TryGetValue(name, out var actor) ? actor : null;
}

/// <summary>
/// The actors that hold references to other systems, as watcher or watched. Whoever decides that a node is gone for good
/// calls <see cref="Publish"/>, and they all act as if every actor there had stopped.
/// </summary>
internal sealed class AddressTerminations
{
    // The value is unused; insertion order makes the order of notification the same in every run.
    private readonly OrderedDictionary<IActorRef, bool> _subscribers = [];

    internal void Subscribe(IActorRef subscriber)
    {
        lock (_subscribers)
        {
            _subscribers.TryAdd(subscriber, true);
        }
    }

    internal void Unsubscribe(IActorRef subscriber)
    {
        lock (_subscribers)
        {
            if (_subscribers.Count > 0)
                _subscribers.Remove(subscriber);
        }
    }

    internal void Publish(Address address)
    {
        IActorRef[] subscribers;
        lock (_subscribers)
        {
            subscribers = [.. _subscribers.Keys];
        }
        foreach (var subscriber in subscribers)
            subscriber.Tell(new AddressTerminated(address), ActorRefs.NoSender);
    }
}
