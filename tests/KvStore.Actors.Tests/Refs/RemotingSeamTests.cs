using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Refs;

public sealed class RemotingSeamTests : IDisposable
{
    private static readonly Address s_here = new("akka.tcp", "near", "here", 4053);
    private static readonly Address s_there = new("akka.tcp", "near", "there", 4053);

    private readonly QueueDispatcher _dispatcher = new(5);
    private readonly RecordingSink _log = new();
    private readonly FakeRemoting _remoting = new();
    private readonly ActorSystem _system;

    public RemotingSeamTests()
    {
        var setup = EngineSetup.Create().WithDispatcher(_dispatcher).WithLogSink(_log).WithRemoting(_ => _remoting);
        _system = ActorSystem.Create("near", ActorSystemSetup.Empty.And(setup));
        _dispatcher.RunAll();
    }

    public void Dispose()
    {
        ((ExtendedActorSystem)_system).Abort();
        _dispatcher.RunAll();
        _log.Events.ShouldBeEmpty();
        _remoting.Log.ShouldBe(["start", "stop"]);
    }

    [Fact]
    public void Actors_of_a_system_with_an_address_print_it_and_are_found_with_and_without_it()
    {
        var actor = _system.ActorOf(ScriptActor.Props([]), "a");
        _dispatcher.RunAll();
        actor.Path.ToString().ShouldBe("akka.tcp://near@here:4053/user/a");
        var provider = ((ExtendedActorSystem)_system).Provider;
        provider.ResolveActorRef("akka.tcp://near@here:4053/user/a").ShouldBeSameAs(actor);
        provider.ResolveActorRef("akka://near/user/a").ShouldBeSameAs(actor);
        Actors.Serialization.Serialization.SerializedActorPath(actor).ShouldBe($"akka.tcp://near@here:4053/user/a#{actor.Path.Uid}");
    }

    [Fact]
    public void References_to_other_systems_come_from_remoting_and_a_selection_travels_as_a_message()
    {
        var provider = ((ExtendedActorSystem)_system).Provider;
        var remote = provider.ResolveActorRef("akka.tcp://near@there:4053/user/b#4").ShouldBeOfType<SilentRef>();
        remote.Path.Uid.ShouldBe(4);
        _system.ActorSelection(new RootActorPath(s_there) / "user" / "b").Tell("hello");
        var selection = _remoting.Refs[^1].Messages.ShouldHaveSingleItem().ShouldBeOfType<ActorSelectionMessage>();
        selection.Elements.ShouldBe(["user", "b"]);
        selection.Message.ShouldBe("hello");
    }

    private sealed class FakeRemoting : IRemoting
    {
        internal List<string> Log { get; } = [];

        internal List<SilentRef> Refs { get; } = [];

        public Address LocalAddress => s_here;

        public IInternalActorRef RefFor(ActorPath path)
        {
            Refs.Add(new SilentRef(path));
            return Refs[^1];
        }

        public void Start() => Log.Add("start");

        public void Stop(Action stopped)
        {
            Log.Add("stop");
            stopped();
        }
    }
}
