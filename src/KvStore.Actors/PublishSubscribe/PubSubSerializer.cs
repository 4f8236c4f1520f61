using KvStore.Actors.Serialization;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>Lets remoting carry what the registries say to each other; number 9, as the mediator's on Akka.NET.</summary>
internal sealed class PubSubSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 9;

    /// <summary>The codec writes the kind itself.</summary>
    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) => PubSubCodec.Encode((IPubSubMessage)obj);

    public override object FromBinary(byte[] bytes, string manifest) => PubSubCodec.Decode(bytes);
}
