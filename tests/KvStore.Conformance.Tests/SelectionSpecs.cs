using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "selection")]
public sealed class SelectionSpecs : Spec
{
    [Fact]
    public void A_selection_delivers_by_absolute_path_with_the_sender()
    {
        Sys.ActorOf<Echo>("echo");
        Sys.ActorSelection("/user/echo").Tell("hello", TestActor);
        ExpectMsg("hello");
    }

    [Fact]
    public void An_actor_selects_relative_to_itself()
    {
        var parent = Start();
        StartChild(parent, "left");
        var right = StartChild(parent, "right");
        Have(right, static self => self.Ctx.ActorSelection("../left").Tell("to the left", self.Me));
        ExpectMsg("to the left");
        LastSender.ShouldBe(right);
    }

    [Fact]
    public async Task A_selection_resolves_to_the_reference()
    {
        var actor = Start("somebody");
        (await Sys.ActorSelection("/user/somebody").ResolveOne(Long)).ShouldBe(actor);
        (await Sys.ActorSelection(actor.Path).ResolveOne(Long)).ShouldBe(actor);
    }

    [Fact]
    public async Task A_selection_of_nobody_does_not_resolve() =>
        await Should.ThrowAsync<ActorNotFoundException>(async () => await Sys.ActorSelection("/user/nobody").ResolveOne(TimeSpan.FromSeconds(1)));

    [Fact]
    public void Who_is_asked_to_identify_itself_says_who_it_is()
    {
        var actor = Start();
        actor.Tell(new Identify(7));
        var identity = ExpectMsg<ActorIdentity>();
        identity.MessageId.ShouldBe(7);
        identity.Subject.ShouldBe(actor);
    }

    [Fact]
    public void Where_nobody_is_the_identity_has_no_subject()
    {
        Sys.ActorSelection("/user/nobody").Tell(new Identify("who"), TestActor);
        var identity = ExpectMsg<ActorIdentity>();
        identity.MessageId.ShouldBe("who");
        identity.Subject.ShouldBeNull();
    }
}
