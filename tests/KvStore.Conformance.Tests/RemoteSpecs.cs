using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "remoting")]
public sealed class RemoteSpecs : Network
{
    private readonly ActorSystem _there;

    public RemoteSpecs()
        : base(Hocon("remote")) => _there = StartSystem(Hocon("remote"));

    [Fact]
    public void Messages_to_another_node_arrive_in_their_order()
    {
        const int count = 2000;
        var receiver = CreateTestProbe(_there);
        var remote = Across(Sys, _there, receiver.Ref);
        for (var i = 0; i < count; i++)
            remote.Tell(new Parcel(i.ToString()));
        for (var i = 0; i < count; i++)
            receiver.ExpectMsg(new Parcel(i.ToString()));
    }

    [Fact]
    public void The_sender_can_be_answered_across_nodes()
    {
        var echo = _there.ActorOf<Echo>("echo");
        Across(Sys, _there, echo).Tell(new Parcel("hello"));
        ExpectMsg(new Parcel("hello"));
        LastSender.Path.Address.ShouldBe(AddressOf(_there));
        LastSender.Path.Name.ShouldBe("echo");
    }

    [Fact]
    public async Task An_ask_crosses_nodes()
    {
        var echo = _there.ActorOf<Echo>("echo");
        (await Across(Sys, _there, echo).Ask<Parcel>(new Parcel("hello"), Long)).ShouldBe(new Parcel("hello"));
    }

    [Fact]
    public void A_reference_in_a_message_is_good_on_the_other_node()
    {
        var receiver = CreateTestProbe(_there);
        Across(Sys, _there, receiver.Ref).Tell(new ReplyTo(TestActor));
        receiver.ExpectMsg<ReplyTo>().Actor.Tell(new Parcel("by reference"), receiver.Ref);
        ExpectMsg(new Parcel("by reference"));
    }

    [Fact]
    public void Texts_and_numbers_need_no_serializer_of_ones_own()
    {
        var echo = Across(Sys, _there, _there.ActorOf<Echo>("echo"));
        echo.Tell("text");
        ExpectMsg("text");
        echo.Tell(42);
        ExpectMsg(42);
        echo.Tell(long.MaxValue);
        ExpectMsg(long.MaxValue);
    }

    [Fact]
    public void A_message_to_a_path_of_another_node_where_nobody_is_is_a_dead_letter_there()
    {
        var listener = CreateTestProbe(_there);
        _there.EventStream.Subscribe(listener.Ref, typeof(DeadLetter));
        ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(AddressOf(_there) + "/user/nobody").Tell(new Parcel("lost"));
        listener.FishForMessage<DeadLetter>(static letter => letter.Message.Equals(new Parcel("lost")));
    }

    [Fact]
    public void A_manifest_that_the_receiver_does_not_know_costs_that_message_only()
    {
        var receiver = CreateTestProbe(_there);
        var remote = Across(Sys, _there, receiver.Ref);
        remote.Tell(new Parcel("before"));
        remote.Tell(new Foreign());
        remote.Tell(new Unreadable());
        remote.Tell(new Parcel("after"));
        receiver.ExpectMsg(new Parcel("before"));
        receiver.ExpectMsg(new Parcel("after"));
    }

    [Fact]
    public void A_message_that_cannot_be_written_costs_that_message_only()
    {
        var receiver = CreateTestProbe(_there);
        var remote = Across(Sys, _there, receiver.Ref);
        remote.Tell(new Parcel("before"));
        remote.Tell(new Unwritable());
        remote.Tell(new Parcel("after"));
        receiver.ExpectMsg(new Parcel("before"));
        receiver.ExpectMsg(new Parcel("after"));
    }

    [Fact]
    public void A_selection_reaches_an_actor_of_another_node()
    {
        _there.ActorOf<Echo>("echo");
        Sys.ActorSelection(AddressOf(_there) + "/user/echo").Tell(new Parcel("hello"), TestActor);
        ExpectMsg(new Parcel("hello"));
    }

    [Fact]
    public async Task A_selection_of_another_node_resolves_to_the_reference()
    {
        var echo = _there.ActorOf<Echo>("echo");
        var found = await Sys.ActorSelection(AddressOf(_there) + "/user/echo").ResolveOne(Long);
        found.Path.Uid.ShouldBe(echo.Path.Uid);
        found.Path.Address.ShouldBe(AddressOf(_there));
    }

    [Fact]
    public async Task A_selection_of_nobody_on_another_node_does_not_resolve() =>
        await Should.ThrowAsync<ActorNotFoundException>(
            async () => await Sys.ActorSelection(AddressOf(_there) + "/user/nobody").ResolveOne(TimeSpan.FromSeconds(2)));

    [Fact]
    public void A_watcher_hears_that_an_actor_of_another_node_has_stopped()
    {
        var echo = _there.ActorOf<Echo>("echo");
        Across(Sys, _there, echo).Tell(new Parcel("hello"));
        ExpectMsg(new Parcel("hello"));
        var remote = LastSender;
        Watch(remote);
        _there.Stop(echo);
        ExpectTerminated(remote).AddressTerminated.ShouldBeFalse();
    }

    [Fact]
    public void A_watch_of_an_actor_that_never_was_on_another_node_is_answered()
    {
        var nobody = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(AddressOf(_there) + "/user/nobody");
        Watch(nobody);
        ExpectTerminated(nobody).ExistenceConfirmed.ShouldBeFalse();
    }

    [Fact]
    public void A_reference_to_the_own_node_by_its_full_address_is_the_local_one()
    {
        var echo = Sys.ActorOf<Echo>("echo");
        var found = Across(Sys, Sys, echo);
        found.Path.ShouldBe(echo.Path);
        found.Tell(new Unwritable());
        ExpectMsg<Unwritable>();
    }

    [Fact]
    public void The_port_that_was_drawn_is_in_the_address()
    {
        AddressOf(Sys).Host.ShouldBe("127.0.0.1");
        AddressOf(Sys).Port.ShouldNotBeNull();
        AddressOf(Sys).Port.ShouldNotBe(0);
        AddressOf(Sys).ShouldNotBe(AddressOf(_there));
    }
}
