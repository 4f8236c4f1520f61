using KvStore.Actors.Serialization;

namespace KvStore.Actors.Membership;

/// <summary>Lets remoting carry what the machines say to each other; number 5, as the cluster's on Akka.NET.</summary>
internal sealed class MembershipSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 5;

    /// <summary>The codec writes the kind itself.</summary>
    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) => MembershipCodec.Encode((IMembershipMessage)obj);

    public override object FromBinary(byte[] bytes, string manifest) => MembershipCodec.Decode(bytes);
}
