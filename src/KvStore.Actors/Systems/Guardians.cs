namespace KvStore.Actors;

/// <summary>The top of the hierarchy. When <c>/user</c> has stopped it stops <c>/system</c>, and then itself.</summary>
internal sealed class RootGuardian : ActorBase
{
    internal const string User = "user";
    internal const string System = "system";

    protected override void PreStart()
    {
        var cell = (ActorCell)Context;
        cell.Watch(cell.Child(User));
        cell.Watch(cell.Child(System));
    }

    protected override bool Receive(object message)
    {
        if (message is not Terminated terminated)
            return false;
        Context.Stop(terminated.ActorRef.Path.Name == User ? Context.Child(System) : Self);
        return true;
    }

    protected override void Unhandled(object message) => ((ActorCell)Context).SystemImpl.DeadLettersRef.Refuse(message, Sender, Self);

    // A guardian that fails cannot be trusted with the rest: the system ends.
    protected override SupervisorStrategy SupervisorStrategy() => KvStore.Actors.SupervisorStrategy.StoppingStrategy;
}

/// <summary><c>/user</c> or <c>/system</c>: supervises with the default strategy and receives nothing.</summary>
internal sealed class Guardian : ActorBase
{
    protected override bool Receive(object message) => false;

    protected override void Unhandled(object message) => ((ActorCell)Context).SystemImpl.DeadLettersRef.Refuse(message, Sender, Self);

    // The children of a guardian are not its own: a restart leaves them alone.
    protected override void PreRestart(Exception reason, object? message)
    {
    }
}

/// <summary>The root's supervisor: no actor, only the ear that hears of the root's end.</summary>
internal sealed class RootSupervisor(ActorSystemImpl system, ActorPath path) : ActorRefBase(path)
{
    protected override void TellInternal(object message, IActorRef? sender)
    {
    }

    private protected override void OnSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                system.Log.Log(Event.LogLevel.ErrorLevel, failed.Cause, "The root guardian failed; the system stops.");
                failed.Child.Stop();
                break;
            case DeathWatchNotification:
                system.OnRootStopped();
                break;
        }
    }
}
