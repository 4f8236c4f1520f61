using KvStore.Actors.Event;

namespace KvStore.Actors;

/// <summary>
/// The life of one actor behind its reference: instance, behaviours, children, watches, failures. Everything here runs
/// on the actor's own turn, except what says otherwise.
/// </summary>
internal sealed partial class ActorCell : IUntypedActorContext
{
    /// <summary>The cell whose turn it is on this thread.</summary>
    [ThreadStatic]
    internal static ActorCell? Current;

    private readonly Stack<Receive> _behaviors = new();
    private readonly LocalActorRef _self;
    private ActorBase? _actor;
    private Receive? _behavior;
    private object? _message;
    private IActorRef? _sender;
    private bool _terminated;
    private TimerScheduler? _timers;
    private ActorStash? _stash;

    internal ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, MessageDispatcher dispatcher, IInternalActorRef parent)
    {
        SystemImpl = system;
        _self = self;
        Props = props;
        Dispatcher = dispatcher;
        ParentRef = parent;
        Mailbox = new Mailbox(this, dispatcher);
    }

    internal ActorSystemImpl SystemImpl { get; }

    internal Mailbox Mailbox { get; }

    internal IInternalActorRef ParentRef { get; }

    internal IInternalActorRef SelfRef => _self;

    /// <summary>Read from any thread, and then perhaps a little late.</summary>
    internal bool IsTerminated => Volatile.Read(ref _terminated);

    internal object? CurrentMessage => _message;

    internal IActorRef? SenderOrNull => _sender;

    /// <summary>Counts the messages handled; tells two equal messages apart.</summary>
    internal long Turn { get; private set; }

    public IActorRef Self => _self;

    public Props Props { get; }

    public MessageDispatcher Dispatcher { get; }

    public IActorRef Sender => _sender ?? SystemImpl.DeadLetters;

    public ActorSystem System => SystemImpl;

    public IActorRef Parent => ParentRef;

    internal TimerScheduler Timers => _timers ??= new TimerScheduler(this);

    internal ActorStash Stash => _stash ??= new ActorStash(this);

    /// <summary>Who tells outside any actor's turn; the TestKit sets it once, so that a test is a sender.</summary>
    internal static Func<IActorRef?>? SelfOutsideActors { get; set; }

    internal static IActorRef? CurrentSelfOrNoSender() => Current is { } cell ? cell._self : SelfOutsideActors?.Invoke();

    internal static IActorRef? CurrentSenderOrNoSender() => Current is { } cell ? cell.Sender : null;

    /// <summary>Handles one user message; never throws.</summary>
    internal void Invoke(object message, IActorRef? sender)
    {
        if (_terminated)
        {
            SystemImpl.DeadLettersRef.Refuse(message, sender, _self);
            return;
        }
        _message = message;
        _sender = sender;
        Turn++;
        try
        {
            if (message is IAutoReceivedMessage)
                AutoReceive(message);
            else
                ReceiveMessage(message);
            if (_receiveTimeout is not null)
                TouchReceiveTimeout(_message);
        }
        catch (Exception cause)
        {
            Fail(cause, null);
        }
        _message = null;
        _sender = null;
    }

    /// <summary>Handles one system message; never throws.</summary>
    internal void InvokeSystem(SystemMessage message)
    {
        try
        {
            if (_terminated)
                OnSystemMessageAfterDeath(message);
            else
                OnSystemMessage(message);
        }
        catch (Exception cause)
        {
            Fail(cause, (message as Failed)?.Child);
        }
    }

    private void OnSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Create:
                CreateActor();
                break;
            case Recreate recreate:
                OnRecreate(recreate.Cause);
                break;
            case Suspend:
                Mailbox.Suspend();
                SuspendChildren(null);
                break;
            case Resume resume:
                OnResume(resume.CausedByFailure);
                break;
            case Terminate:
                OnTerminate();
                break;
            case Watch watch:
                AddWatcher(watch.Watcher);
                break;
            case Unwatch unwatch:
                RemoveWatcher(unwatch.Watcher);
                break;
            case DeathWatchNotification died:
                OnDeath(died);
                break;
            case Failed failed:
                OnChildFailed(failed);
                break;
            default:
                throw new NotSupportedException($"Unknown system message {message.GetType().Name}.");
        }
    }

    private void OnSystemMessageAfterDeath(SystemMessage message)
    {
        if (message is Watch watch)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(_self, existenceConfirmed: true, addressTerminated: false));
        else if (message is Failed failed)
            failed.Child.Stop();
    }

    private void AutoReceive(object message)
    {
        switch (message)
        {
            case TimerDue due:
                if (_timers is not null && _timers.TryTake(due, out var timed))
                {
                    _message = timed;
                    if (timed is IAutoReceivedMessage and not TimerDue)
                        AutoReceive(timed);
                    else
                        ReceiveMessage(timed);
                }
                break;
            case Terminated terminated:
                OnTerminatedQueued(terminated);
                break;
            case PoisonPill:
                _self.StopSelf();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, _self), _self);
                break;
            case ReceiveTimeoutDue due:
                OnReceiveTimeoutDue(due);
                break;
            case AddressTerminated gone:
                OnAddressTerminated(gone.Address);
                break;
            default:
                ReceiveMessage(message);
                break;
        }
    }

    private void ReceiveMessage(object message) => _actor!.AroundReceive(_behavior!, message);

    /// <summary>An actor left a message unhandled.</summary>
    internal void OnUnhandled(object message)
    {
        if (message is Terminated terminated)
            throw new DeathPactException(terminated.ActorRef);
        SystemImpl.EventStream.Publish(new UnhandledMessage(message, Sender, _self));
    }

    public void Become(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        if (_behaviors.Count > 0)
            _behaviors.Pop();
        _behaviors.Push(receive);
        _behavior = receive;
    }

    public void BecomeStacked(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        _behaviors.Push(receive);
        _behavior = receive;
    }

    public void Become(UntypedReceive receive) => Become(UntypedActor.AlwaysHandled(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(UntypedActor.AlwaysHandled(receive));

    public void UnbecomeStacked()
    {
        if (_behaviors.Count > 1)
            _behaviors.Pop();
        _behavior = _behaviors.Peek();
    }

    public ActorSelection ActorSelection(ActorPath actorPath) => SystemImpl.SelectionOf(actorPath);

    public ActorSelection ActorSelection(string actorPath) => SystemImpl.SelectionFrom(_self, actorPath);
}
