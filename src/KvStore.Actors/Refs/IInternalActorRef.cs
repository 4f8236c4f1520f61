namespace KvStore.Actors;

/// <summary>
/// What the engine needs of every reference beyond <see cref="IActorRef"/>: the hierarchy and system messages. A remote
/// reference implements it by sending system messages (above all watch and unwatch) over its transport.
/// </summary>
internal interface IInternalActorRef : IActorRef
{
    /// <summary>The supervisor; <see cref="Nobody"/> for the root and for references outside the hierarchy.</summary>
    IInternalActorRef Parent { get; }

    /// <summary>True when the actor lives in this process.</summary>
    bool IsLocal { get; }

    /// <summary>The system's provider; null for <see cref="Nobody"/> alone.</summary>
    IActorRefProvider? Provider { get; }

    /// <summary>Puts a system message ahead of every user message; such messages are not lost between local actors.</summary>
    void SendSystemMessage(SystemMessage message);

    /// <summary>The child called <paramref name="name"/>, or null. A name may carry <c>#uid</c>, which then has to match.</summary>
    IInternalActorRef? GetChild(string name);

    /// <summary>Begins processing, after the reference is known to its parent.</summary>
    void Start();

    /// <summary>Stops processing user messages until resumed.</summary>
    void Suspend();

    /// <summary>Undoes one <see cref="Suspend"/>; <paramref name="causedByFailure"/> is the failure that is forgiven, if any.</summary>
    void Resume(Exception? causedByFailure);

    /// <summary>Replaces the actor's instance.</summary>
    void Restart(Exception cause);

    /// <summary>Stops the actor after the message it is handling.</summary>
    void Stop();
}
