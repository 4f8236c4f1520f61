using KvStore.Actors.Configuration;
using KvStore.Actors.Event;

namespace KvStore.Actors;

/// <summary>The log, and what happens to dead letters.</summary>
internal sealed partial class ActorSystemImpl
{
    /// <summary>Akka's default for <c>akka.log-dead-letters</c>: enough to notice, too few to flood.</summary>
    private const int DefaultDeadLettersToLog = 10;

    private readonly long _started;
    private readonly LogSink _sink;
    private readonly LogLevel? _threshold;
    private readonly LogLevel? _sinkThreshold;
    private readonly int _deadLettersToLog;
    private int _deadLetters;

    internal bool IsLogged(LogLevel level) => level >= _threshold;

    /// <summary>Writes and publishes an event if its level is on. Never throws.</summary>
    internal void WriteLog(LogLevel level, Exception? cause, string source, Type type, string text)
    {
        if (!IsLogged(level))
            return;
        var logEvent = LogEvent.Create(level, Time.GetUtcNow(), cause, source, type, text);
        try
        {
            if (level >= _sinkThreshold)
                _sink.Write(logEvent);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // There is nowhere left to say that the log is broken, and no reason to fail what is being logged about.
        }
        EventStream.Publish(logEvent);
    }

    internal void PublishDeadLetter(DeadLetter letter)
    {
        EventStream.Publish(letter);
        if (_deadLettersToLog == 0 || !IsLogged(LogLevel.InfoLevel))
            return;
        var count = Interlocked.Increment(ref _deadLetters);
        if (count > _deadLettersToLog || count < 0)
            return;
        var last = count == _deadLettersToLog ? ", no more dead letters will be logged" : "";
        WriteLog(
            LogLevel.InfoLevel,
            null,
            letter.Recipient.Path.ToString(),
            letter.Recipient.GetType(),
            $"Message [{letter.Message.GetType().Name}] from {letter.Sender} to {letter.Recipient} was not delivered. [{count}] dead letters encountered{last}. Turn this off or limit it with 'akka.log-dead-letters'.");
    }

    private static int ReadDeadLettersToLog(Config config) => config.GetString("akka.log-dead-letters", "") switch
    {
        "" => DefaultDeadLettersToLog,
        "on" or "true" => int.MaxValue,
        "off" or "false" => 0,
        _ => config.GetInt("akka.log-dead-letters"),
    };
}
