namespace KvStore.Actors.Event;

/// <summary>How much a log event matters.</summary>
public enum LogLevel
{
    /// <summary>For those who look for a fault.</summary>
    DebugLevel = 0,

    /// <summary>For those who watch a node.</summary>
    InfoLevel = 1,

    /// <summary>Something is not as it should be.</summary>
    WarningLevel = 2,

    /// <summary>Something failed.</summary>
    ErrorLevel = 3,
}

/// <summary>One thing that was logged; published on the event stream as well as written.</summary>
public abstract class LogEvent
{
    private protected LogEvent(DateTimeOffset at, Exception? cause, string logSource, Type logClass, object message)
    {
        At = at;
        Cause = cause;
        LogSource = logSource;
        LogClass = logClass;
        Message = message;
    }

    /// <summary>The exception, if one was given.</summary>
    public Exception? Cause { get; }

    /// <summary>When.</summary>
    public DateTime Timestamp => At.UtcDateTime;

    /// <summary>Who, usually a path.</summary>
    public string LogSource { get; }

    /// <summary>The type of who.</summary>
    public Type LogClass { get; }

    /// <summary>What.</summary>
    public object Message { get; }

    internal DateTimeOffset At { get; }

    /// <summary>How much it matters.</summary>
    public abstract LogLevel LogLevel();

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Timestamp:yyyy-MM-dd HH:mm:ss.fff}Z {Logging.StringFor(LogLevel()),-5} [{LogSource}] {Message}{(Cause is null ? "" : Environment.NewLine + Cause)}";

    internal static LogEvent Create(LogLevel level, DateTimeOffset at, Exception? cause, string source, Type type, object message) => level switch
    {
        Event.LogLevel.DebugLevel => new Debug(at, cause, source, type, message),
        Event.LogLevel.InfoLevel => new Info(at, cause, source, type, message),
        Event.LogLevel.WarningLevel => new Warning(at, cause, source, type, message),
        _ => new Error(at, cause, source, type, message),
    };
}

/// <summary>A log event for those who look for a fault.</summary>
public sealed class Debug : LogEvent
{
    internal Debug(DateTimeOffset at, Exception? cause, string source, Type type, object message)
        : base(at, cause, source, type, message)
    {
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

/// <summary>A log event for those who watch a node.</summary>
public sealed class Info : LogEvent
{
    internal Info(DateTimeOffset at, Exception? cause, string source, Type type, object message)
        : base(at, cause, source, type, message)
    {
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

/// <summary>A log event about something that is not as it should be.</summary>
public sealed class Warning : LogEvent
{
    internal Warning(DateTimeOffset at, Exception? cause, string source, Type type, object message)
        : base(at, cause, source, type, message)
    {
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

/// <summary>A log event about a failure.</summary>
public sealed class Error : LogEvent
{
    internal Error(DateTimeOffset at, Exception? cause, string source, Type type, object message)
        : base(at, cause, source, type, message)
    {
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}
