using System.Runtime.Serialization;
using KvStore.Conformance.Fixtures;

namespace KvStore.Conformance;

[Trait("area", "serialization")]
public sealed class SerializationSpecs() : Spec(Network.Serializers)
{
    [Fact]
    public void A_binding_of_a_base_class_holds_for_what_derives_from_it()
    {
        Sys.Serialization.FindSerializerFor(new Parcel("x")).ShouldBeOfType<WireSerializer>();
        Sys.Serialization.FindSerializerForType(typeof(ReplyTo)).ShouldBeOfType<WireSerializer>();
    }

    [Fact]
    public void The_most_specific_binding_wins() =>
        Sys.Serialization.FindSerializerFor(new Special()).ShouldBeOfType<SpecialSerializer>();

    [Fact]
    public void The_number_comes_from_the_configuration_or_from_the_serializer()
    {
        Sys.Serialization.FindSerializerFor(new Parcel("x")).Identifier.ShouldBe(4711);
        Sys.Serialization.FindSerializerFor(new Special()).Identifier.ShouldBe(4712);
    }

    [Fact]
    public void A_message_comes_back_by_number_and_manifest()
    {
        var serializer = Sys.Serialization.FindSerializerFor(new Parcel("text"));
        var bytes = serializer.ToBinary(new Parcel("text"));
        Serialization.ManifestFor(serializer, new Parcel("text")).ShouldBe("P");
        Sys.Serialization.Deserialize(bytes, 4711, "P").ShouldBe(new Parcel("text"));
    }

    [Fact]
    public void A_reference_comes_back_by_its_path()
    {
        var actor = Start("somebody");
        var bytes = Sys.Serialization.Serialize(new ReplyTo(actor));
        var back = Sys.Serialization.Deserialize(bytes, 4711, "R").ShouldBeOfType<ReplyTo>();
        back.Actor.ShouldBe(actor);
    }

    [Fact]
    public void An_unknown_manifest_and_an_unknown_number_are_refused()
    {
        Should.Throw<SerializationException>(() => Sys.Serialization.Deserialize([], 4711, "nobody-knows"));
        Should.Throw<SerializationException>(() => Sys.Serialization.Deserialize([], 999_999, "P"));
    }
}
