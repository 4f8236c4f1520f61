namespace KvStore.Actors.Event;

/// <summary>Where log events end up; supplied through <see cref="EngineSetup"/>. Called from many threads at once.</summary>
public abstract class LogSink
{
    /// <summary>Writes one event. What it throws is swallowed: a log that fails stops nothing.</summary>
    public abstract void Write(LogEvent logEvent);
}

/// <summary>Writes a line per event to the standard output, and warnings and errors to the standard error.</summary>
internal sealed class ConsoleLogSink : LogSink
{
    public override void Write(LogEvent logEvent)
    {
        var writer = logEvent.LogLevel() >= LogLevel.WarningLevel ? Console.Error : Console.Out;
        writer.WriteLine(logEvent.ToString());
    }
}
