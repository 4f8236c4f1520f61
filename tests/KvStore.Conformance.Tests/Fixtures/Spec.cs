namespace KvStore.Conformance.Fixtures;

/// <summary>The base of every spec. Expectations are patient, since a success never waits and the machine may be busy.</summary>
public abstract class Spec(string hocon = "") : TestKit(ConfigurationFactory.ParseString(Patience + hocon), "conformance")
{
    internal const string Patience = """
        akka.loglevel = WARNING
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.test { single-expect-default = 20s, default-timeout = 20s, filter-leeway = 20s }

        """;

    /// <summary>Long enough that only a broken engine needs it.</summary>
    protected static TimeSpan Long { get; } = TimeSpan.FromSeconds(20);

    /// <summary>An actor that does what it is told, and tells the test what happens to it.</summary>
    protected IActorRef Start(string? name = null, SupervisorStrategy? strategy = null) => Sys.ActorOf(Scripted.Of(TestActor, strategy), name);

    /// <summary>Has an actor do something on its own turn, and waits until it has.</summary>
    protected void Have(IActorRef actor, Action<Scripted> act)
    {
        actor.Tell(new Do(self =>
        {
            act(self);
            self.Diary.Tell(Did.Instance);
        }));
        ExpectMsg<Did>();
    }

    /// <summary>Has an actor start a child that tells the test what happens to it.</summary>
    protected IActorRef StartChild(IActorRef parent, string name, SupervisorStrategy? strategy = null)
    {
        IActorRef child = ActorRefs.Nobody;
        Have(parent, self => child = self.Ctx.ActorOf(Scripted.Of(self.Diary, strategy), name));
        return child;
    }

    /// <summary>The next message is this; what came before it would have been next.</summary>
    protected void ExpectInOrder(params string[] messages)
    {
        foreach (var message in messages)
            ExpectMsg(message);
    }
}

/// <summary>Tells an actor to do something on its own turn.</summary>
public sealed record Do(Action<Scripted> Action) : INoSerializationVerificationNeeded;

/// <summary>An actor has done what it was told.</summary>
public sealed class Did
{
    public static readonly Did Instance = new();
}

/// <summary>What a spec makes an actor fail with.</summary>
public sealed class Fault(string message) : Exception(message);

/// <summary>An actor that does what it is told. Other messages go to the test; those that end in <c>?</c> are answered too.</summary>
public sealed class Scripted : UntypedActor, IWithTimers, IWithStash
{
    private readonly SupervisorStrategy? _strategy;

    public Scripted(IActorRef diary, SupervisorStrategy? strategy)
    {
        Diary = diary;
        _strategy = strategy;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    public IActorRef Diary { get; }

    public IUntypedActorContext Ctx => Context;

    public IActorRef Me => Self;

    public IActorRef From => Sender;

    public int Count { get; set; }

    public Action<object>? OnOther { get; set; }

    public static Props Of(IActorRef diary, SupervisorStrategy? strategy = null) => Props.Create(() => new Scripted(diary, strategy));

    public void Turn(UntypedReceive behavior) => Become(behavior);

    public void TurnStacked(UntypedReceive behavior) => BecomeStacked(behavior);

    public void TurnBack() => UnbecomeStacked();

    public void Refuse(object message) => Unhandled(message);

    public void SetIdle(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    protected override void OnReceive(object message)
    {
        if (message is Do act)
            act.Action(this);
        else if (OnOther is not null)
            OnOther(message);
        else
            Diary.Tell(message, Sender);
    }

    protected override SupervisorStrategy SupervisorStrategy() => _strategy ?? base.SupervisorStrategy();
}

/// <summary>An actor that tells the test of its life: every hook, and what it was given.</summary>
public sealed class Living : UntypedActor
{
    private readonly IActorRef _diary;

    public Living(IActorRef diary)
    {
        _diary = diary;
        diary.Tell("new");
    }

    protected override void PreStart() => _diary.Tell("PreStart");

    protected override void PostStop() => _diary.Tell("PostStop");

    protected override void PreRestart(Exception reason, object? message)
    {
        _diary.Tell($"PreRestart {reason.Message} {message}");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        _diary.Tell($"PostRestart {reason.Message}");
        base.PostRestart(reason);
    }

    protected override void OnReceive(object message)
    {
        if (message is "fail")
            throw new Fault("fault");
        _diary.Tell(message);
    }
}

/// <summary>Answers everything with itself.</summary>
public sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message);
}
