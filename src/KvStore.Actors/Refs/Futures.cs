using System.Diagnostics.CodeAnalysis;

namespace KvStore.Actors;

/// <summary>
/// Asks: a message with a reference of its own as the sender, and a task for the reply. The reference is addressable below
/// <c>/temp</c>, so a reply from another node finds it.
/// </summary>
public static class Futures
{
    /// <summary>Sends and waits for any reply; without a time-out, for ever.</summary>
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    /// <summary>Sends and waits for any reply.</summary>
    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    /// <summary>Sends and waits for any reply.</summary>
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    /// <summary>Sends and waits for a <typeparamref name="T"/>; without a time-out, for ever.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    /// <summary>Sends and waits for a <typeparamref name="T"/>.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    /// <summary>
    /// Sends and waits for a <typeparamref name="T"/>. The task faults with <see cref="AskTimeoutException"/> when none came in time,
    /// with the cause of a <see cref="Status.Failure"/>, and with <see cref="ArgumentException"/> for a reply of another type.
    /// </summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>As above, for a message that must name the reference the reply goes to.</summary>
    public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var provider = ProviderOf(self) ?? throw new ArgumentException("Unsupported recipient, nobody can answer", nameof(self));
        var promise = new PromiseActorRef<T>(provider.Impl, timeout, cancellationToken, self.ToString() ?? "");
        self.Tell(messageFactory(promise), promise);
        return promise.Task;
    }

    /// <summary>Whether what waits for it goes on where the owner of its system has it go on; see <see cref="ActorSystemImpl.IsDriven"/>.</summary>
    internal static bool IsDriven(this ICanTell recipient) => ProviderOf(recipient)?.Impl.System.IsDriven ?? false;

    private static IActorRefProvider? ProviderOf(ICanTell recipient) => recipient switch
    {
        IInternalActorRef actor => actor.Provider,
        ActorSelection { Anchor: IInternalActorRef anchor } => anchor.Provider,
        _ => null,
    };
}

/// <summary>The sender of an ask. The first message completes it; later ones are dead letters.</summary>
internal sealed class PromiseActorRef<T> : ActorRefBase
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorRefProvider _provider;
    private readonly CancellationTokenRegistration _cancellation;
    private readonly ScheduledEntry? _timeout;

    internal PromiseActorRef(ActorRefProvider provider, TimeSpan? timeout, CancellationToken cancellation, string recipient)
        : base(provider.NextTempPath())
    {
        _provider = provider;
        provider.RegisterTemp(this);
        if (timeout is { } span && span != Timeout.InfiniteTimeSpan)
            _timeout = provider.System.Clock.ScheduleAction(span, null, () => Fail(new AskTimeoutException($"Timeout after {span} waiting for a reply from {recipient}")));
        if (cancellation.CanBeCanceled)
            _cancellation = cancellation.UnsafeRegister(static state => ((PromiseActorRef<T>)state!).Cancel(), this);
    }

    [SuppressMessage("Usage", "VSTHRD003", Justification = "Returned to whoever asked; nobody here waits for it.")]
    internal Task<T> Task => _result.Task;

    protected override void TellInternal(object message, IActorRef? sender)
    {
        var handled = message switch
        {
            T reply => _result.TrySetResult(reply),
            Status.Failure failure => _result.TrySetException(failure.Cause),
            _ => _result.TrySetException(WrongType(message)),
        };
        if (handled)
            Release();
        else
            _provider.System.DeadLettersRef.Refuse(message, sender, this);
    }

    private protected override IActorRefProvider ProviderOfRef => _provider;

    private protected override IInternalActorRef ParentRef => _provider.TempContainer;

    private protected override void OnSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Watch watch:
                watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true, addressTerminated: false));
                break;
            case Terminate:
                Fail(new AskTimeoutException("The reference of the ask was stopped."));
                break;
        }
    }

    [SuppressMessage("Usage", "MA0015:Specify the parameter name", Justification = "The type is Akka.NET's; no parameter is at fault.")]
    private static ArgumentException WrongType(object reply) =>
        new($"Received message of type [{reply.GetType()}] - Ask expected message of type [{typeof(T)}]");

    private void Fail(Exception cause)
    {
        if (_result.TrySetException(cause))
            Release();
    }

    private void Cancel()
    {
        if (_result.TrySetCanceled())
            Release();
    }

    private void Release()
    {
        _timeout?.Cancel();
        _cancellation.Unregister();
        _provider.UnregisterTemp(this);
    }
}

/// <summary>The names below <c>/temp</c>.</summary>
internal sealed class TempContainer(ActorRefProvider provider, ActorPath path) : ActorRefBase(path)
{
    protected override void TellInternal(object message, IActorRef? sender) => provider.System.DeadLettersRef.Refuse(message, sender, this);

    private protected override IActorRefProvider ProviderOfRef => provider;

    private protected override IInternalActorRef ParentRef => provider.RootRef;

    private protected override IInternalActorRef? FindChild(string name) => provider.FindTemp(name);
}
