using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace KvStore.Actors.TestKit;

/// <summary>Taking messages as they come.</summary>
public abstract partial class TestKitBase
{
    /// <summary>Drops what matches before any expectation sees it, from now on.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => _inbox.Ignore(shouldIgnoreMessage);

    /// <summary>Drops messages of a type that match before any expectation sees them, from now on.</summary>
    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) =>
        _inbox.Ignore(message => message is TMsg typed && shouldIgnoreMessage(typed));

    /// <summary>Drops messages of a type before any expectation sees them, from now on.</summary>
    public void IgnoreMessages<TMsg>() => _inbox.Ignore(static message => message is TMsg);

    /// <summary>Drops nothing any more.</summary>
    public void IgnoreNoMessages() => _inbox.Ignore(null);

    /// <summary>The next message; null when none comes in time.</summary>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Took(_inbox.Take(RemainingOrDilated(max), cancellationToken))?.Message;

    /// <summary>The next message; null when none comes in time.</summary>
    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Took(await _inbox.TakeAsync(RemainingOrDilated(max), cancellationToken).ConfigureAwait(false))?.Message;

    /// <summary>The next messages, that many.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveN(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <summary>The next messages, that many.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default)
    {
        var received = new List<object>(numberOfMessages);
        var deadline = Now + Dilated(max);
        while (received.Count < numberOfMessages)
            received.Add(ReceiveOne(Undilated(deadline - Now), cancellationToken) ?? throw TooFew(received, numberOfMessages));
        return received;
    }

    /// <summary>The next messages, that many.</summary>
    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveNAsync(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <summary>The next messages, that many.</summary>
    public async IAsyncEnumerable<object> ReceiveNAsync(
        int numberOfMessages, TimeSpan max, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var received = new List<object>(numberOfMessages);
        var deadline = Now + Dilated(max);
        while (received.Count < numberOfMessages)
        {
            var next = await ReceiveOneAsync(Undilated(deadline - Now), cancellationToken).ConfigureAwait(false);
            received.Add(next ?? throw TooFew(received, numberOfMessages));
            yield return next;
        }
    }

    /// <summary>Takes messages until one matches.</summary>
    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Takes messages until one is of the type and matches.</summary>
    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var passed = new List<object>();
        var deadline = Now + RemainingOrDilated(max);
        while (true)
        {
            var next = ReceiveOne(Undilated(deadline - Now), cancellationToken) ?? throw NotAmong<T>(passed, hint);
            if (next is T typed && isMessage(typed))
                return typed;
            passed.Add(next);
        }
    }

    /// <summary>Takes messages until one matches.</summary>
    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Takes messages until one is of the type and matches.</summary>
    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var passed = new List<object>();
        var deadline = Now + RemainingOrDilated(max);
        while (true)
        {
            var next = await ReceiveOneAsync(Undilated(deadline - Now), cancellationToken).ConfigureAwait(false) ?? throw NotAmong<T>(passed, hint);
            if (next is T typed && isMessage(typed))
                return typed;
            passed.Add(next);
        }
    }

    /// <summary>Nothing comes for the usual time.</summary>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) => ExpectNothing(RemainingOrDefault, cancellationToken);

    /// <summary>Nothing comes for so long.</summary>
    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => ExpectNothing(Dilated(duration), cancellationToken);

    /// <summary>Nothing comes for so long.</summary>
    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    /// <summary>Nothing comes for the usual time.</summary>
    public ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) => ExpectNothingAsync(RemainingOrDefault, cancellationToken);

    /// <summary>Nothing comes for so long.</summary>
    public ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        ExpectNothingAsync(Dilated(duration), cancellationToken);

    /// <summary>Nothing comes for so long.</summary>
    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    private static XunitException TooFew(List<object> received, int wanted) =>
        new($"Expected {wanted} messages, and {received.Count} came in time: {Listed(received)}.");

    private static XunitException NotAmong<T>(List<object> passed, string hint) =>
        new($"No {typeof(T).Name} that matches came in time{Hint(hint)}. Received instead: {Listed(passed)}.");

    private static string Listed(List<object> messages) => messages.Count == 0 ? "nothing" : string.Join(", ", messages.Select(Shown));

    private void ExpectNothing(TimeSpan duration, CancellationToken cancellation) => Nothing(_inbox.Take(duration, cancellation), duration);

    private async ValueTask ExpectNothingAsync(TimeSpan duration, CancellationToken cancellation) =>
        Nothing(await _inbox.TakeAsync(duration, cancellation).ConfigureAwait(false), duration);

    private void Nothing(Envelope? received, TimeSpan duration)
    {
        _lastWasNothing = true;
        if (Took(received) is { } message)
            throw new XunitException($"Expected no message for {duration}, received {Shown(message.Message)} from {message.Sender}.");
    }

    private Envelope? Took(Envelope? received)
    {
        if (received is { } envelope)
        {
            _last = envelope;
            _lastWasNothing = false;
        }
        return received;
    }

    private TimeSpan Undilated(TimeSpan span) => span / TestKitSettings.TestTimeFactor;
}
