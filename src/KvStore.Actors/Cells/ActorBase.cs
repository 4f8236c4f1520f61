namespace KvStore.Actors;

/// <summary>The base of every actor: behaviour, life cycle hooks and the context. One message at a time.</summary>
public abstract class ActorBase
{
    private readonly ActorCell _cell;

    /// <summary>Ties the instance to the cell that is creating it.</summary>
    /// <exception cref="ActorInitializationException">The actor was made with <c>new</c> outside <c>ActorOf</c>.</exception>
    protected ActorBase()
    {
        _cell = ActorCell.Current ?? throw new ActorInitializationException(
            $"You cannot create an instance of {GetType()} explicitly using the constructor (new). Use ActorOf with Props.");
        _cell.Become(Receive);
        if (this is IWithTimers timers)
            timers.Timers = _cell.Timers;
        if (this is IWithUnrestrictedStash stash)
            stash.Stash = _cell.Stash;
    }

    /// <summary>Who sent the current message; dead letters when nobody did.</summary>
    protected IActorRef Sender => _cell.Sender;

    /// <summary>The actor's own reference.</summary>
    protected IActorRef Self => _cell.Self;

    /// <summary>The context of the actor whose turn it is on this thread.</summary>
    /// <exception cref="NotSupportedException">No actor's turn is on this thread.</exception>
    protected static IActorContext Context => CurrentCell;

    /// <summary>A behaviour that handles nothing.</summary>
    protected static Receive EmptyReceive => static _ => false;

    private protected static ActorCell CurrentCell => ActorCell.Current ?? throw new NotSupportedException(
        "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

    internal bool BelongsTo(ActorCell cell) => ReferenceEquals(_cell, cell);

    /// <summary>Called once, after the constructors.</summary>
    internal virtual void OnConstructed()
    {
    }

    internal SupervisorStrategy StrategyOfSelf() => SupervisorStrategy();

    /// <summary>Wraps the handling of every message, for interceptors.</summary>
    protected internal virtual bool AroundReceive(Receive receive, object message)
    {
        if (receive(message))
            return true;
        Unhandled(message);
        return false;
    }

    /// <summary>The first behaviour; false means unhandled.</summary>
    protected abstract bool Receive(object message);

    /// <summary>Publishes <see cref="Event.UnhandledMessage"/>, or stops the actor if a <see cref="Terminated"/> was ignored.</summary>
    protected virtual void Unhandled(object message) => _cell.OnUnhandled(message);

    /// <summary>Replaces the current behaviour.</summary>
    protected void Become(Receive receive) => _cell.Become(receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    protected void BecomeStacked(Receive receive) => _cell.BecomeStacked(receive);

    /// <summary>Takes the top behaviour off.</summary>
    protected void UnbecomeStacked() => _cell.UnbecomeStacked();

    /// <summary>Asks for <see cref="ReceiveTimeout"/> when nothing comes for so long; null ends it.</summary>
    protected void SetReceiveTimeout(TimeSpan? timeout) => _cell.SetReceiveTimeout(timeout);

    /// <summary>Wraps <see cref="PreStart"/>.</summary>
    public virtual void AroundPreStart() => PreStart();

    /// <summary>Wraps <see cref="PreRestart"/>.</summary>
    public virtual void AroundPreRestart(Exception cause, object? message) => PreRestart(cause, message);

    /// <summary>Wraps <see cref="PostRestart"/>.</summary>
    public virtual void AroundPostRestart(Exception cause, object? message) => PostRestart(cause);

    /// <summary>Wraps <see cref="PostStop"/>.</summary>
    public virtual void AroundPostStop() => PostStop();

    /// <summary>Called on the first instance, before any message.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Called on the instance that failed; stops the children and calls <see cref="PostStop"/> unless overridden.</summary>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (var child in _cell.GetChildren())
        {
            _cell.Unwatch(child);
            _cell.Stop(child);
        }
        PostStop();
    }

    /// <summary>Called on the new instance; calls <see cref="PreStart"/> unless overridden.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>Called after the last message.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>Decides what happens to children that fail.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => KvStore.Actors.SupervisorStrategy.DefaultStrategy;
}

/// <summary>An actor with one method for all messages, which counts as handling them unless it calls <c>Unhandled</c>.</summary>
public abstract class UntypedActor : ActorBase
{
    /// <summary>The context of the actor whose turn it is on this thread.</summary>
    protected static new IUntypedActorContext Context => CurrentCell;

    /// <inheritdoc/>
    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    /// <summary>Handles a message.</summary>
    protected abstract void OnReceive(object message);

    /// <summary>Replaces the current behaviour.</summary>
    protected void Become(UntypedReceive receive) => Become(AlwaysHandled(receive));

    /// <summary>Puts a behaviour on top of the current one.</summary>
    protected void BecomeStacked(UntypedReceive receive) => BecomeStacked(AlwaysHandled(receive));

    internal static Receive AlwaysHandled(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };
}
