using Xunit.Sdk;

namespace KvStore.Actors.TestKit;

/// <summary>Expectations about the next message. They fail with what came instead.</summary>
public abstract partial class TestKitBase
{
    /// <summary>The next message is a <typeparamref name="T"/>.</summary>
    public T ExpectMsg<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Typed<T>(Next(duration, cancellationToken), hint);

    /// <summary>The next message is a <typeparamref name="T"/>.</summary>
    public async ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Typed<T>(await NextAsync(duration, cancellationToken).ConfigureAwait(false), hint);

    /// <summary>The next message equals <paramref name="message"/>.</summary>
    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Equal(message, ExpectMsg<T>(timeout, hint, cancellationToken), EqualityComparer<T>.Default.Equals, hint);

    /// <summary>The next message equals <paramref name="message"/>.</summary>
    public async ValueTask<T> ExpectMsgAsync<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Equal(message, await ExpectMsgAsync<T>(timeout, hint, cancellationToken).ConfigureAwait(false), EqualityComparer<T>.Default.Equals, hint);

    /// <summary>The next message equals <paramref name="expected"/> by a comparer.</summary>
    public T ExpectMsg<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Equal(expected, ExpectMsg<T>(timeout, hint, cancellationToken), comparer, hint);

    /// <summary>The next message equals <paramref name="expected"/> by a comparer.</summary>
    public async ValueTask<T> ExpectMsgAsync<T>(
        T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Equal(expected, await ExpectMsgAsync<T>(timeout, hint, cancellationToken).ConfigureAwait(false), comparer, hint);

    /// <summary>The next message is a <typeparamref name="T"/> that matches.</summary>
    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Matching(ExpectMsg<T>(timeout, hint, cancellationToken), isMessage, hint);

    /// <summary>The next message is a <typeparamref name="T"/> that matches.</summary>
    public async ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Matching(await ExpectMsgAsync<T>(timeout, hint, cancellationToken).ConfigureAwait(false), isMessage, hint);

    /// <summary>The next message is a <typeparamref name="T"/> about which <paramref name="assert"/> holds.</summary>
    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
    {
        var message = ExpectMsg<T>(timeout, hint, cancellationToken);
        assert(message);
        return message;
    }

    /// <summary>The next message is a <typeparamref name="T"/> about which <paramref name="assert"/> holds.</summary>
    public async ValueTask<T> ExpectMsgAsync<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
    {
        var message = await ExpectMsgAsync<T>(timeout, hint, cancellationToken).ConfigureAwait(false);
        assert(message);
        return message;
    }

    /// <summary>The next message is a <typeparamref name="T"/> that matches together with its sender.</summary>
    public T ExpectMsg<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Matching(ExpectMsg<T>(timeout, hint, cancellationToken), message => isMessageAndSender(message, LastSender), hint);

    /// <summary>The next message is a <typeparamref name="T"/> that matches together with its sender.</summary>
    public async ValueTask<T> ExpectMsgAsync<T>(
        Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Matching(
            await ExpectMsgAsync<T>(timeout, hint, cancellationToken).ConfigureAwait(false), message => isMessageAndSender(message, LastSender), hint);

    /// <summary>The next message is a <typeparamref name="T"/>, and an assertion holds about it and its sender.</summary>
    public T ExpectMsg<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsg<T>(message => assertMessageAndSender(message, LastSender), timeout, hint, cancellationToken);

    /// <summary>The next message is a <typeparamref name="T"/>, and an assertion holds about it and its sender.</summary>
    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync<T>(message => assertMessageAndSender(message, LastSender), timeout, hint, cancellationToken);

    /// <summary>The next message is a <typeparamref name="T"/> from <paramref name="sender"/>.</summary>
    public T ExpectMsgFrom<T>(IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        From(sender, ExpectMsg<T>(duration, hint, cancellationToken), hint);

    /// <summary>The next message equals <paramref name="message"/> and is from <paramref name="sender"/>.</summary>
    public T ExpectMsgFrom<T>(IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        From(sender, ExpectMsg(message, timeout, hint, cancellationToken), hint);

    /// <summary>The next messages are these, in any order.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) => ExpectMsgAllOf(RemainingOrDefault, messages);

    /// <summary>The next messages are these, in any order.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages)
    {
        var received = ReceiveN(messages.Length, max).ToList();
        var missing = messages.ToList();
        foreach (var message in received)
        {
            if (message is not T typed || !missing.Remove(typed))
                throw new XunitException($"Expected all of {Listed([.. messages.Cast<object>()])} in any order, received {Listed(received)}.");
        }
        return [.. received.Cast<T>()];
    }

    /// <summary>The next message says that <paramref name="target"/> has stopped.</summary>
    public Terminated ExpectTerminated(IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Matching<Terminated>(ExpectMsg<Terminated>(timeout, hint, cancellationToken), message => message.ActorRef.Equals(target), hint);

    /// <summary>The next message says that <paramref name="target"/> has stopped.</summary>
    public async ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Matching<Terminated>(
            await ExpectMsgAsync<Terminated>(timeout, hint, cancellationToken).ConfigureAwait(false), message => message.ActorRef.Equals(target), hint);

    private static string Shown(object? message) => message is null ? "null" : $"<{message}> ({message.GetType().Name})";

    private static string Hint(string? hint) => string.IsNullOrEmpty(hint) ? "" : $" ({hint})";

    private (Envelope? Received, TimeSpan Waited) Next(TimeSpan? timeout, CancellationToken cancellation)
    {
        var wait = RemainingOrDilated(timeout);
        return (Took(_inbox.Take(wait, cancellation)), wait);
    }

    private async ValueTask<(Envelope? Received, TimeSpan Waited)> NextAsync(TimeSpan? timeout, CancellationToken cancellation)
    {
        var wait = RemainingOrDilated(timeout);
        return (Took(await _inbox.TakeAsync(wait, cancellation).ConfigureAwait(false)), wait);
    }

    private static T Typed<T>((Envelope? Received, TimeSpan Waited) next, string? hint) => next.Received switch
    {
        null => throw new XunitException($"Timeout {next.Waited} while waiting for a message of type {typeof(T)}{Hint(hint)}."),
        { Message: T typed } => typed,
        { } other => throw new XunitException($"Expected a message of type {typeof(T)}{Hint(hint)}, received {Shown(other.Message)} from {other.Sender}."),
    };

    private T Equal<T>(T expected, T actual, Func<T, T, bool> comparer, string? hint) => comparer(expected, actual)
        ? actual
        : throw new XunitException($"Expected {Shown(expected)}{Hint(hint)}, received {Shown(actual)} from {LastSender}.");

    private T Matching<T>(T message, Predicate<T> isMessage, string? hint) => isMessage(message)
        ? message
        : throw new XunitException($"Received a {typeof(T).Name} that does not match{Hint(hint)}: {Shown(message)} from {LastSender}.");

    private T From<T>(IActorRef sender, T message, string? hint) => LastSender.Equals(sender)
        ? message
        : throw new XunitException($"Expected {Shown(message)} from {sender}{Hint(hint)}, received it from {LastSender}.");
}
