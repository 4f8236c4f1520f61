using KvStore.Actors.Event;

namespace KvStore.Actors;

/// <summary>What a supervisor does about a child that threw.</summary>
public enum Directive
{
    /// <summary>Goes on with the same instance; the message is lost.</summary>
    Resume = 0,

    /// <summary>Goes on with a new instance.</summary>
    Restart = 1,

    /// <summary>Fails itself with the same exception.</summary>
    Escalate = 2,

    /// <summary>Stops the child.</summary>
    Stop = 3,
}

/// <summary>Maps an exception to a directive.</summary>
public interface IDecider
{
    /// <summary>The directive for <paramref name="cause"/>.</summary>
    Directive Decide(Exception cause);
}

/// <summary>How a supervisor treats children that fail.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Stops what could not start, was killed or broke a death pact; restarts everything else.</summary>
    public static readonly IDecider DefaultDecider = new LocalOnlyDecider(static cause => cause switch
    {
        ActorInitializationException or ActorKilledException or DeathPactException => Directive.Stop,
        _ => Directive.Restart,
    });

    /// <summary>Restarts without a limit, as <see cref="DefaultDecider"/> says.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops every child that fails.</summary>
    public static readonly OneForOneStrategy StoppingStrategy = new(static _ => Directive.Stop);

    /// <summary>The decider in use.</summary>
    public abstract IDecider Decider { get; }

    /// <summary>False keeps failures out of the log.</summary>
    protected bool LoggingEnabled { get; init; } = true;

    /// <summary>The directive for the failure of <paramref name="child"/>.</summary>
    protected abstract Directive Handle(IActorRef child, Exception exception);

    /// <summary>True when the failure is dealt with; false escalates it.</summary>
    internal bool HandleFailure(ActorCell supervisor, ChildRecord record, Exception cause)
    {
        IInternalActorRef child = record.Ref;
        var directive = Handle(child, cause);
        if (LoggingEnabled)
            LogFailure(supervisor, child, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                child.Resume(cause);
                return true;
            case Directive.Restart when MayRestart(supervisor, record):
                child.Restart(cause);
                return true;
            case Directive.Restart or Directive.Stop:
                supervisor.Stop(child);
                return true;
            default:
                return false;
        }
    }

    internal abstract bool MayRestart(ActorCell supervisor, ChildRecord record);

    private static void LogFailure(ActorCell supervisor, IInternalActorRef child, Exception cause, Directive directive)
    {
        if (directive == Directive.Escalate)
            return;
        var reason = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        var (level, logged) = directive == Directive.Resume ? (LogLevel.WarningLevel, null) : (LogLevel.ErrorLevel, cause);
        supervisor.SystemImpl.WriteLog(level, logged, child.Path.ToString(), typeof(SupervisorStrategy), reason);
    }
}

/// <summary>Deals with the child that failed and leaves its siblings alone.</summary>
public class OneForOneStrategy : SupervisorStrategy
{
    /// <summary>Restarts at most <paramref name="maxNrOfRetries"/> times within <paramref name="withinTimeRange"/>; null is without limit.</summary>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, new LocalOnlyDecider(localOnlyDecider))
    {
    }

    /// <summary>Restarts at most <paramref name="maxNrOfRetries"/> times within <paramref name="withinTimeRange"/>; null is without limit.</summary>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, withinTimeRange is { } span ? (int)span.TotalMilliseconds : Timeout.Infinite, decider)
    {
    }

    /// <summary>Restarts at most <paramref name="maxNrOfRetries"/> times within <paramref name="withinTimeMilliseconds"/>; negative is without limit.</summary>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    /// <summary>Restarts at most <paramref name="maxNrOfRetries"/> times within <paramref name="withinTimeMilliseconds"/>; negative is without limit.</summary>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        MaxNumberOfRetries = maxNrOfRetries;
        WithinTimeRangeMilliseconds = withinTimeMilliseconds;
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    /// <summary>Restarts without limit, as the decider says.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, Timeout.Infinite, localOnlyDecider)
    {
    }

    /// <summary>Restarts without limit, as the decider says.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(-1, Timeout.Infinite, localOnlyDecider, loggingEnabled)
    {
    }

    /// <summary>Restarts without limit, as the decider says.</summary>
    public OneForOneStrategy(IDecider decider)
        : this(-1, Timeout.Infinite, decider)
    {
    }

    /// <summary>Negative means without limit.</summary>
    public int MaxNumberOfRetries { get; }

    /// <summary>The window the retries are counted in; negative means one without end.</summary>
    public int WithinTimeRangeMilliseconds { get; }

    /// <inheritdoc/>
    public override IDecider Decider { get; }

    /// <inheritdoc/>
    protected override Directive Handle(IActorRef child, Exception exception) => Decider.Decide(exception);

    internal override bool MayRestart(ActorCell supervisor, ChildRecord record) =>
        record.MayRestart(MaxNumberOfRetries, WithinTimeRangeMilliseconds, supervisor.SystemImpl.Time);
}

/// <summary>A decider that is a function.</summary>
public sealed class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    /// <inheritdoc/>
    public Directive Decide(Exception cause) => decider(cause);
}
