namespace KvStore.Actors;

/// <summary>
/// An actor whose handlers are declared by type in its constructor and in <c>Become</c>. The first declaration that
/// fits handles the message.
/// </summary>
public abstract class ReceiveActor : UntypedActor
{
    private readonly Handlers _initial = new();
    private Handlers? _declaring;

    /// <summary>Opens the declaration of the first behaviour.</summary>
    protected ReceiveActor() => _declaring = _initial;

    internal override void OnConstructed() => _declaring = null;

    /// <inheritdoc/>
    protected sealed override void OnReceive(object message)
    {
        if (!_initial.TryHandle(message))
            Unhandled(message);
    }

    /// <summary>Replaces the current behaviour by the handlers that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure) => Become(Declare(configure));

    /// <summary>Puts the handlers that <paramref name="configure"/> declares on top of the current behaviour.</summary>
    protected void BecomeStacked(Action configure) => BecomeStacked(Declare(configure));

    /// <summary>Handles messages of type <typeparamref name="T"/>, if <paramref name="shouldHandle"/> agrees.</summary>
    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Add(new ActionHandler<T>(handler, shouldHandle));

    /// <summary>Handles messages of type <typeparamref name="T"/>, if <paramref name="shouldHandle"/> agrees.</summary>
    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Add(new ActionHandler<T>(handler, shouldHandle));

    /// <summary>Handles messages of type <typeparamref name="T"/>; false passes the message on to later declarations.</summary>
    protected void Receive<T>(Func<T, bool> handler) => Add(new FuncHandler<T>(handler));

    /// <summary>Handles messages of a type, if <paramref name="shouldHandle"/> agrees.</summary>
    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Add(new TypeHandler(messageType, handler, shouldHandle));

    /// <summary>Handles whatever no declaration before this one did; none may follow.</summary>
    protected void ReceiveAny(Action<object> handler)
    {
        Add(new ActionHandler<object>(handler, null));
        _declaring!.IsComplete = true;
    }

    private Receive Declare(Action configure)
    {
        var outer = _declaring;
        var handlers = new Handlers();
        _declaring = handlers;
        try
        {
            configure();
        }
        finally
        {
            _declaring = outer;
        }
        return message =>
        {
            if (!handlers.TryHandle(message))
                Unhandled(message);
            return true;
        };
    }

    private void Add(Handler handler)
    {
        if (_declaring is null)
            throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become().");
        if (_declaring.IsComplete)
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");
        _declaring.Add(handler);
    }

    private abstract class Handler
    {
        internal abstract bool TryHandle(object message);
    }

    private sealed class ActionHandler<T>(Action<T> handler, Predicate<T>? shouldHandle) : Handler
    {
        internal override bool TryHandle(object message)
        {
            if (message is not T typed || (shouldHandle is not null && !shouldHandle(typed)))
                return false;
            handler(typed);
            return true;
        }
    }

    private sealed class FuncHandler<T>(Func<T, bool> handler) : Handler
    {
        internal override bool TryHandle(object message) => message is T typed && handler(typed);
    }

    private sealed class TypeHandler(Type type, Action<object> handler, Predicate<object>? shouldHandle) : Handler
    {
        internal override bool TryHandle(object message)
        {
            if (!type.IsInstanceOfType(message) || (shouldHandle is not null && !shouldHandle(message)))
                return false;
            handler(message);
            return true;
        }
    }

    private sealed class Handlers
    {
        private Handler[] _handlers = [];

        internal bool IsComplete { get; set; }

        internal void Add(Handler handler) => _handlers = [.. _handlers, handler];

        internal bool TryHandle(object message)
        {
            foreach (var handler in _handlers)
            {
                if (handler.TryHandle(message))
                    return true;
            }
            return false;
        }
    }
}
