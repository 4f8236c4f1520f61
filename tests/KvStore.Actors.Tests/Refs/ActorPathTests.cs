namespace KvStore.Actors.Tests.Refs;

public sealed class ActorPathTests
{
    [Fact]
    public void A_path_parses_and_prints_the_same()
    {
        var path = ActorPath.Parse("akka.tcp://sys@host:4053/user/a/b#17");
        path.Address.ShouldBe(new Address("akka.tcp", "sys", "host", 4053));
        path.Elements.ShouldBe(["user", "a", "b"]);
        path.Uid.ShouldBe(17);
        path.Name.ShouldBe("b");
        path.Parent.Name.ShouldBe("a");
        path.Depth.ShouldBe(3);
        path.ToString().ShouldBe("akka.tcp://sys@host:4053/user/a/b");
        path.ToStringWithoutAddress().ShouldBe("/user/a/b");
        path.ToSerializationFormat().ShouldBe("akka.tcp://sys@host:4053/user/a/b#17");
        ActorPath.TryParse("user/a", out _).ShouldBeFalse();
        Record.Exception(() => ActorPath.Parse("nonsense")).ShouldBeOfType<UriFormatException>();
    }

    [Fact]
    public void Paths_are_equal_whatever_their_uid_and_references_are_not()
    {
        var path = new RootActorPath(new Address("akka", "sys")) / "user" / "a";
        path.ShouldBe(path.WithUid(3));
        path.GetHashCode().ShouldBe(path.WithUid(3).GetHashCode());
        (path / new[] { "b", "c" }).ShouldBe(path / "b" / "c");
        path.ShouldNotBe(path.Parent / "b");
        path.ShouldNotBe(new RootActorPath(new Address("akka", "other")) / "user" / "a");
        new Fixtures.SilentRef(path.WithUid(1)).Equals(new Fixtures.SilentRef(path.WithUid(2))).ShouldBeFalse();
        new Fixtures.SilentRef(path.WithUid(1)).Equals(new Fixtures.SilentRef(path.WithUid(1))).ShouldBeTrue();
    }

    [Fact]
    public void A_local_address_is_replaced_when_a_path_leaves_the_system()
    {
        var outside = new Address("akka.tcp", "sys", "host", 4053);
        var path = (new RootActorPath(new Address("akka", "sys")) / "user" / "a").WithUid(9);
        path.ToSerializationFormatWithAddress(outside).ShouldBe("akka.tcp://sys@host:4053/user/a#9");
        path.ToStringWithAddress(outside).ShouldBe("akka.tcp://sys@host:4053/user/a");
    }

    [Fact]
    public void An_address_has_the_same_hash_in_every_process() =>
        new Address("akka.tcp", "kv", "NODE1", 4053).GetHashCode().ShouldBe(283044621);
}
