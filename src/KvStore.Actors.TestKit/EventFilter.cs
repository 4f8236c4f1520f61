using KvStore.Actors.Event;

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
    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.ErrorLevel, message, start, contains, source);

    /// <summary>Warnings with that text, beginning or part.</summary>
    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.WarningLevel, message, start, contains, source);

    /// <summary>Infos with that text, beginning or part.</summary>
    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.InfoLevel, message, start, contains, source);

    /// <summary>Events of a level with that text, beginning or part.</summary>
    public IEventFilterApplier ForLogLevel(
        LogLevel logLevel, string? message = null, string? start = null, string? contains = null, string? source = null) => Applier(
        $"{logLevel.StringFor()} event", typeof(LogEvent), e => e is LogEvent log && log.LogLevel() == logLevel && Matches(log, log.Message, message, start, contains, source));

    /// <summary>Errors with an exception of a type, by the exception's text.</summary>
    public IEventFilterApplier Exception<TException>(string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception => Applier(
        typeof(TException).Name, typeof(LogEvent), e => e is LogEvent { Cause: TException cause } log && Matches(log, cause.Message, message, start, contains, source));

    /// <summary>Dead letters of any type.</summary>
    public IEventFilterApplier DeadLetter() => DeadLetter<object>();

    /// <summary>Dead letters with a message of a type.</summary>
    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter<TMessage>(static _ => true, source);

    /// <summary>Dead letters with a message of a type that matches; the source is the recipient's path.</summary>
    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) => Applier(
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
