using KvStore.Actors.Event;
using Xunit.Sdk;

namespace KvStore.Actors.TestKit;

/// <summary>Makes expectations about the log and the dead letters of a system.</summary>
public sealed class EventFilterFactory
{
    private readonly TestKitBase _kit;
    private readonly ActorSystem _system;

    internal EventFilterFactory(TestKitBase kit, ActorSystem system)
    {
        _kit = kit;
        _system = system;
    }

    /// <summary>Errors with that text, beginning or part.</summary>
    public EventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.ErrorLevel, message, start, contains, source);

    /// <summary>Warnings with that text, beginning or part.</summary>
    public EventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.WarningLevel, message, start, contains, source);

    /// <summary>Infos with that text, beginning or part.</summary>
    public EventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.InfoLevel, message, start, contains, source);

    /// <summary>Events of a level with that text, beginning or part.</summary>
    public EventFilterApplier ForLogLevel(
        LogLevel logLevel, string? message = null, string? start = null, string? contains = null, string? source = null) => Applier(
        $"{logLevel.StringFor()} event", typeof(LogEvent), e => e is LogEvent log && log.LogLevel() == logLevel && Matches(log, log.Message, message, start, contains, source));

    /// <summary>Errors with an exception of a type, by the exception's text.</summary>
    public EventFilterApplier Exception<TException>(string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception => Applier(
        typeof(TException).Name, typeof(LogEvent), e => e is LogEvent { Cause: TException cause } log && Matches(log, cause.Message, message, start, contains, source));

    /// <summary>Dead letters of any type.</summary>
    public EventFilterApplier DeadLetter() => DeadLetter<object>();

    /// <summary>Dead letters with a message of a type.</summary>
    public EventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter<TMessage>(static _ => true, source);

    /// <summary>Dead letters with a message of a type that matches; the source is the recipient's path.</summary>
    public EventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) => Applier(
        $"dead letter of {typeof(TMessage).Name}",
        typeof(DeadLetter),
        e => e is DeadLetter { Message: TMessage letter } dead && isMatch(letter) && (source is null || dead.Recipient.Path.ToString() == source));

    private static bool Matches(LogEvent log, object text, string? message, string? start, string? contains, string? source)
    {
        var written = text.ToString() ?? "";
        return (message is null || written == message)
            && (start is null || written.StartsWith(start, StringComparison.Ordinal))
            && (contains is null || written.Contains(contains, StringComparison.Ordinal))
            && (source is null || log.LogSource == source);
    }

    private EventFilterApplier Applier(string what, Type channel, Func<object, bool> isMatch) => new(_kit, _system, what, channel, isMatch);
}

/// <summary>How many events of a kind an action causes.</summary>
public sealed class EventFilterApplier
{
    private readonly TestKitBase _kit;
    private readonly ActorSystem _system;
    private readonly string _what;
    private readonly Type _channel;
    private readonly Func<object, bool> _isMatch;

    internal EventFilterApplier(TestKitBase kit, ActorSystem system, string what, Type channel, Func<object, bool> isMatch)
    {
        _kit = kit;
        _system = system;
        _what = what;
        _channel = channel;
        _isMatch = isMatch;
    }

    /// <summary>The action causes one.</summary>
    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

    /// <summary>The action causes one.</summary>
    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) => ExpectAsync(1, actionAsync, cancellationToken);

    /// <summary>The action causes that many, and no more that come before them.</summary>
    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default)
    {
        var probe = Listen();
        try
        {
            action();
            for (var found = 0; found < expectedCount; found++)
                _ = probe.ReceiveOne(_kit.TestKitSettings.TestEventFilterLeeway, cancellationToken) ?? throw TooFew(found, expectedCount);
            CheckNoMore(probe, expectedCount);
        }
        finally
        {
            _system.Stop(probe.Ref);
        }
    }

    /// <summary>The action causes that many, and no more that come before them.</summary>
    public async Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default)
    {
        var probe = Listen();
        try
        {
            await actionAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            for (var found = 0; found < expectedCount; found++)
                _ = await probe.ReceiveOneAsync(_kit.TestKitSettings.TestEventFilterLeeway, cancellationToken).ConfigureAwait(false) ?? throw TooFew(found, expectedCount);
            CheckNoMore(probe, expectedCount);
        }
        finally
        {
            _system.Stop(probe.Ref);
        }
    }

    private TestProbe Listen()
    {
        var probe = _kit.CreateTestProbe(_system);
        probe.IgnoreMessages(message => !_isMatch(message));
        _system.EventStream.Subscribe(probe.Ref, _channel);
        return probe;
    }

    private void CheckNoMore(TestProbe probe, int expected)
    {
        if (probe.HasMessages)
            throw new XunitException($"Expected {expected} of {_what}, and more came: {probe.ReceiveOne(TimeSpan.Zero)}.");
    }

    private XunitException TooFew(int found, int expected) =>
        new($"Expected {expected} of {_what}, and {found} came within {_kit.TestKitSettings.TestEventFilterLeeway} after the action.");
}
