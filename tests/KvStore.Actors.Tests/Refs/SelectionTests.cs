using KvStore.Actors.Event;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Refs;

public sealed class SelectionTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("/user/probe")]
    [InlineData("akka://world/user/probe")]
    [InlineData("probe")]
    [InlineData("../user/probe")]
    public void A_message_reaches_whoever_is_at_the_path(string path)
    {
        var probe = _world.Probe("probe");
        _world.System.ActorSelection(path).Tell("hello");
        _world.Run();
        probe.Received.ShouldBe(["hello"]);
    }

    [Fact]
    public void A_relative_path_starts_at_the_actor()
    {
        var sibling = _world.Probe("sibling");
        var actor = _world.Start(ScriptActor.Props([]));
        _world.Tell(actor, new Do(me => me.Ctx.ActorSelection("../sibling").Tell("hello")));
        sibling.Received.ShouldBe(["hello"]);
        sibling.LastSender.ShouldBe(actor);
    }

    [Fact]
    public void Where_nobody_is_the_message_is_a_dead_letter_with_the_path()
    {
        var letters = _world.Probe();
        _world.System.EventStream.Subscribe<DeadLetter>(letters.Ref);
        _world.System.ActorSelection("/user/nobody/there").Tell("hello");
        _world.Run();
        letters.Single<DeadLetter>().Recipient.Path.ToStringWithoutAddress().ShouldBe("/user/nobody/there");
    }

    [Fact]
    public async Task ResolveOne_finds_the_reference_or_says_that_nobody_is_there()
    {
        var probe = _world.Probe("probe");
        var found = _world.System.ActorSelection("/user/probe").ResolveOne(s_second);
        var missing = _world.System.ActorSelection("/user/nobody").ResolveOne(s_second);
        _world.Run();
        (await found.WaitAsync(s_patience)).ShouldBe(probe.Ref);
        await Should.ThrowAsync<ActorNotFoundException>(missing.WaitAsync(s_patience));
    }

    [Fact]
    public void A_resolved_path_with_the_uid_of_an_earlier_incarnation_finds_nobody()
    {
        var probe = _world.Probe("probe");
        var provider = _world.System.Provider;
        provider.ResolveActorRef(probe.Ref.Path.ToSerializationFormat()).ShouldBeSameAs(probe.Ref);
        provider.ResolveActorRef(probe.Ref.Path.WithUid(5)).ShouldNotBeSameAs(probe.Ref);
        provider.ResolveActorRef("rubbish").ShouldBe(_world.System.DeadLetters);
    }
}
