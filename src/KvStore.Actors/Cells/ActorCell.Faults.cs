using System.Runtime.ExceptionServices;
using KvStore.Actors.Event;

namespace KvStore.Actors;

/// <summary>Birth, failure, restart and death.</summary>
internal sealed partial class ActorCell
{
    private enum Waiting
    {
        Nothing,
        ToCreate,
        ToRecreate,
        ToTerminate,
    }

    // What goes on once the stopping children are gone.
    private Waiting _waiting;
    private Exception? _recreateCause;
    private object? _failedMessage;
    private IActorRef? _failedChild;
    private bool _failed;

    /// <summary>Stops user messages here and below, and leaves the decision to the supervisor.</summary>
    private void Fail(Exception cause, IActorRef? child)
    {
        if (_failed || _terminated)
        {
            // Nobody is left to decide, or somebody is deciding already.
            Log(LogLevel.ErrorLevel, cause, "Failed again while failing or stopped");
            return;
        }
        _failed = true;
        _failedMessage = _message;
        _failedChild = child;
        Mailbox.Suspend();
        SuspendChildren(except: child);
        ParentRef.SendSystemMessage(new Failed(_self, cause));
    }

    private void ClearFailed()
    {
        _failed = false;
        _failedMessage = null;
        _failedChild = null;
    }

    private ActorBase NewActor()
    {
        _behaviors.Clear();
        _behavior = null;
        var actor = Props.NewActor();
        if (!actor.BelongsTo(this))
            throw new ActorInitializationException(_self, "The props returned an actor that was made for another reference.");
        actor.OnConstructed();
        return actor;
    }

    private void CreateActor()
    {
        try
        {
            _actor = NewActor();
            _actor.AroundPreStart();
        }
        catch (Exception cause)
        {
            _actor = null;
            throw cause as ActorInitializationException ?? new ActorInitializationException(_self, "Exception during creation", cause);
        }
    }

    private void OnResume(Exception? causedByFailure)
    {
        if (_actor is null && causedByFailure is not null && _failed)
        {
            // There is no instance to go on with; Akka creates one as well.
            RecreateWithoutActor();
            return;
        }
        var child = _failedChild;
        Mailbox.Resume();
        if (causedByFailure is not null)
            ClearFailed();
        foreach (IInternalActorRef each in Children())
            each.Resume(each.Equals(child) ? causedByFailure : null);
    }

    private void OnRecreate(Exception cause)
    {
        if (_waiting != Waiting.Nothing)
        {
            // Every restart was preceded by a suspension, which has to be undone although the restart is not needed.
            OnResume(null);
            return;
        }
        if (_actor is null)
        {
            RecreateWithoutActor();
            return;
        }
        try
        {
            _actor.AroundPreRestart(cause, _failedMessage);
        }
        catch (Exception e)
        {
            Log(LogLevel.ErrorLevel, e, "Exception in PreRestart");
        }
        _stash?.UnstashAll();
        _timers?.CancelAll();
        ClearReceiveTimeout();
        _actor = null;
        if (AnyChildIsStopping())
        {
            _recreateCause = cause;
            _waiting = Waiting.ToRecreate;
            return;
        }
        FinishRecreate(cause);
    }

    private void FinishRecreate(Exception cause)
    {
        var survivors = Children();
        Mailbox.Resume();
        ClearFailed();
        try
        {
            _actor = NewActor();
            _actor.AroundPostRestart(cause, null);
        }
        catch (Exception e)
        {
            _actor = null;
            throw new PostRestartException(_self, e, cause);
        }
        foreach (IInternalActorRef child in survivors)
            child.Restart(cause);
    }

    private void RecreateWithoutActor()
    {
        foreach (var child in Children())
            Stop(child);
        if (AnyChildIsStopping())
        {
            _waiting = Waiting.ToCreate;
            return;
        }
        FinishCreate();
    }

    private void FinishCreate()
    {
        Mailbox.Resume();
        ClearFailed();
        CreateActor();
    }

    private void OnChildFailed(Failed failed)
    {
        if (RecordOf(failed.Child) is not { } record)
            return;
        if (_actor is null && Props.SupervisorStrategy is null)
        {
            failed.Child.Stop();
            return;
        }
        var strategy = Props.SupervisorStrategy ?? _actor!.StrategyOfSelf();
        if (!strategy.HandleFailure(this, record, failed.Cause))
            ExceptionDispatchInfo.Throw(failed.Cause);
    }

    private void OnTerminate()
    {
        if (_waiting == Waiting.ToTerminate)
            return;
        ClearReceiveTimeout();
        UnwatchAll();
        foreach (var child in Children())
            Stop(child);
        _waiting = Waiting.ToTerminate;
        Mailbox.Suspend();
        if (CloseToChildren())
            FinishTerminate();
    }

    private void OnChildGone(IActorRef child)
    {
        if (!RemoveChild(child))
            return;
        switch (_waiting)
        {
            case Waiting.ToTerminate when CloseToChildren():
                FinishTerminate();
                break;
            case Waiting.ToRecreate when !AnyChildIsStopping():
                _waiting = Waiting.Nothing;
                FinishRecreate(_recreateCause!);
                break;
            case Waiting.ToCreate when !AnyChildIsStopping():
                _waiting = Waiting.Nothing;
                FinishCreate();
                break;
        }
    }

    private void FinishTerminate()
    {
        try
        {
            _actor?.AroundPostStop();
        }
        catch (Exception e)
        {
            Log(LogLevel.ErrorLevel, e, "Exception in PostStop");
        }
        _terminated = true;
        _timers?.CancelAll();
        _stash?.UnstashAll();
        _actor = null;
        _behavior = null;
        _behaviors.Clear();
        SystemImpl.EventStream.Unsubscribe(_self);
        ParentRef.SendSystemMessage(new DeathWatchNotification(_self, existenceConfirmed: true, addressTerminated: false));
        TellWatchers();
        Mailbox.ResumeForGood();
    }

    private void Log(LogLevel level, Exception? cause, string text) =>
        SystemImpl.WriteLog(level, cause, _self.Path.ToString(), (_actor?.GetType() ?? Props.Type), text);
}
