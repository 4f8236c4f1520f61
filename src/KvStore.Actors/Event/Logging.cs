namespace KvStore.Actors.Event;

/// <summary>Where an actor or a class writes its log.</summary>
public interface ILoggingAdapter
{
    /// <summary>True when debug events are written.</summary>
    bool IsDebugEnabled { get; }

    /// <summary>True when info events are written.</summary>
    bool IsInfoEnabled { get; }

    /// <summary>True when warnings are written.</summary>
    bool IsWarningEnabled { get; }

    /// <summary>True when errors are written.</summary>
    bool IsErrorEnabled { get; }

    /// <summary>True when events of that level are written.</summary>
    bool IsEnabled(LogLevel logLevel);

    /// <summary>Writes a text as it is. Never throws.</summary>
    void Log(LogLevel logLevel, Exception? cause, string format);
}

/// <summary>Makes adapters, and names levels.</summary>
public static class Logging
{
    /// <summary>A log whose source is the actor.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context)
    {
        var cell = (ActorCell)context;
        return new LoggingAdapter(cell.SystemImpl, cell.Self.Path.ToString(), cell.Props.Type);
    }

    /// <summary>A log whose source is <paramref name="logSourceObj"/>: a text, a type, an actor's reference or any object, by its type.</summary>
    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj)
    {
        var (source, type) = logSourceObj switch
        {
            string text => (text, typeof(string)),
            Type named => (SimpleName(named), named),
            IActorRef actor => (actor.Path.ToString(), actor.GetType()),
            _ => (SimpleName(logSourceObj.GetType()), logSourceObj.GetType()),
        };
        return new LoggingAdapter((ActorSystemImpl)system, source, type);
    }

    /// <summary>A type's name without its namespace.</summary>
    public static string SimpleName(Type t) => t.Name;

    /// <summary>DEBUG, INFO, WARN or ERROR.</summary>
    public static string StringFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARN",
        _ => "ERROR",
    };

    /// <summary>The first level that is written: DEBUG, INFO, WARNING, ERROR; null for OFF.</summary>
    /// <exception cref="ConfigurationException">The text is none of these.</exception>
    internal static LogLevel? ThresholdFor(string text, string path) => text.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" or "WARN" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => null,
        _ => throw new ConfigurationException($"{path} is '{text}'; it is DEBUG, INFO, WARNING, ERROR or OFF."),
    };
}

/// <summary>An adapter with a fixed source.</summary>
internal sealed class LoggingAdapter(ActorSystemImpl system, string source, Type type) : ILoggingAdapter
{
    public bool IsDebugEnabled => IsEnabled(LogLevel.DebugLevel);

    public bool IsInfoEnabled => IsEnabled(LogLevel.InfoLevel);

    public bool IsWarningEnabled => IsEnabled(LogLevel.WarningLevel);

    public bool IsErrorEnabled => IsEnabled(LogLevel.ErrorLevel);

    public bool IsEnabled(LogLevel logLevel) => system.IsLogged(logLevel);

    public void Log(LogLevel logLevel, Exception? cause, string format) => system.WriteLog(logLevel, cause, source, type, format);
}
