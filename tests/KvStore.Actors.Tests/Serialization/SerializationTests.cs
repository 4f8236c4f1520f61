using System.Runtime.Serialization;
using System.Text;
using KvStore.Actors.Serialization;
using KvStore.Actors.Tests.Fixtures;

namespace KvStore.Actors.Tests.Serialization;

public sealed class SerializationTests : IDisposable
{
    private const string Hocon = """
        akka.actor {
          serializers { animals = "KvStore.Actors.Tests.Serialization.AnimalSerializer, KvStore.Actors.Tests"
                        dogs = "KvStore.Actors.Tests.Serialization.DogSerializer, KvStore.Actors.Tests" }
          serialization-bindings { "KvStore.Actors.Tests.Serialization.Dog, KvStore.Actors.Tests" = dogs
                                   "KvStore.Actors.Tests.Serialization.IAnimal, KvStore.Actors.Tests" = animals }
          serialization-identifiers { "KvStore.Actors.Tests.Serialization.AnimalSerializer, KvStore.Actors.Tests" = 101 }
        }
        """;

    private readonly World _world = new(Hocon);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Messages_go_by_number_and_manifest_and_the_most_specific_binding_wins()
    {
        var serialization = _world.System.Serialization;
        var cat = serialization.FindSerializerFor(new Cat("tom"));
        cat.ShouldBeOfType<AnimalSerializer>().Identifier.ShouldBe(101);
        serialization.FindSerializerFor(new Puppy("rex")).ShouldBeOfType<DogSerializer>();
        Actors.Serialization.Serialization.ManifestFor(cat, new Cat("tom")).ShouldBe("cat");
        serialization.Deserialize(serialization.Serialize(new Cat("tom")), 101, "cat").ShouldBe(new Cat("tom"));
        Should.Throw<SerializationException>(() => serialization.Deserialize([], 101, "cow"));
        Should.Throw<SerializationException>(() => serialization.Deserialize([], 999, "cat"));
    }

    [Fact]
    public void What_is_not_bound_is_refused_and_logged_once()
    {
        for (var i = 0; i < 3; i++)
            Should.Throw<SerializationException>(() => _world.System.Serialization.Serialize(new Uri("http://x/y")));
        _world.Log.Events.Count(each => each.ToString().Contains("System.Uri has no serializer", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void Built_in_messages_come_back()
    {
        var probe = _world.Probe("probe");
        RoundTrip("text").ShouldBe("text");
        RoundTrip(7).ShouldBe(7);
        RoundTrip(7L).ShouldBe(7L);
        RoundTrip(new byte[] { 1, 2 }).ShouldBe(new byte[] { 1, 2 });
        RoundTrip(PoisonPill.Instance).ShouldBeSameAs(PoisonPill.Instance);
        RoundTrip(Kill.Instance).ShouldBeSameAs(Kill.Instance);
        RoundTrip(new Identify("id")).ShouldBeOfType<Identify>().MessageId.ShouldBe("id");
        RoundTrip(new ActorIdentity("id", probe.Ref)).ShouldBeOfType<ActorIdentity>().Subject.ShouldBeSameAs(probe.Ref);
        RoundTrip(new ActorIdentity("id", null)).ShouldBeOfType<ActorIdentity>().Subject.ShouldBeNull();
        RoundTrip(new Status.Success(3)).ShouldBeOfType<Status.Success>().Status.ShouldBe(3);
        RoundTrip(new Status.Success(null)).ShouldBeOfType<Status.Success>().Status.ShouldBeNull();
        RoundTrip(new Status.Failure(new InvalidOperationException("no"))).ShouldBeOfType<Status.Failure>().Cause.Message.ShouldBe("System.InvalidOperationException: no");
        RoundTrip(new ActorSelectionMessage(new Cat("tom"), ["user", "a"])).ShouldBeOfType<ActorSelectionMessage>().Message.ShouldBe(new Cat("tom"));
        var died = RoundTrip(new DeathWatchNotification(probe.Ref, true, false)).ShouldBeOfType<DeathWatchNotification>();
        died.Actor.ShouldBeSameAs(probe.Ref);
        died.ExistenceConfirmed.ShouldBeTrue();
        var watch = RoundTrip(new Watch((IInternalActorRef)probe.Ref, (IInternalActorRef)_world.System.DeadLetters)).ShouldBeOfType<Watch>();
        watch.Watchee.ShouldBeSameAs(probe.Ref);
        RoundTrip(probe.Ref).ShouldBeSameAs(probe.Ref);
    }

    [Fact]
    public void Damaged_bytes_are_a_serialization_exception()
    {
        var serialization = _world.System.Serialization;
        var bytes = serialization.Serialize(new ActorSelectionMessage("hello", ["user", "a"]));
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Should.Throw<SerializationException>(() => serialization.Deserialize(cut, 16, "SEL"));
        }
    }

    [Fact]
    public void Payloads_nested_without_end_are_refused()
    {
        object nested = "core";
        for (var i = 0; i < 50; i++)
            nested = new Identify(nested);
        var bytes = _world.System.Serialization.Serialize(nested);
        Should.Throw<SerializationException>(() => _world.System.Serialization.Deserialize(bytes, 16, "ID"));
    }

    private object RoundTrip(object message)
    {
        var serialization = _world.System.Serialization;
        var serializer = serialization.FindSerializerFor(message);
        return serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, Actors.Serialization.Serialization.ManifestFor(serializer, message));
    }
}

public interface IAnimal
{
    string Name { get; }
}

public sealed record Cat(string Name) : IAnimal;

public record Dog(string Name) : IAnimal;

public sealed record Puppy(string Name) : Dog(Name);

public sealed class AnimalSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override string Manifest(object o) => o is Cat ? "cat" : throw new ArgumentException("unknown animal", nameof(o));

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((IAnimal)obj).Name);

    public override object FromBinary(byte[] bytes, string manifest) => manifest == "cat"
        ? new Cat(Encoding.UTF8.GetString(bytes))
        : throw new SerializationException($"no animal is called {manifest}");
}

public sealed class DogSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 102;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Dog)obj).Name);

    public override object FromBinary(byte[] bytes, Type type) => new Dog(Encoding.UTF8.GetString(bytes));
}
