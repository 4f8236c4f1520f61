using KvStore.Protocol.Peer;

namespace KvStore.Node.Replication;

/// <summary>Lets the actor engine carry the messages between replicas in the form that <see cref="PeerCodec"/> gives them.</summary>
public sealed class PeerSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Part of the wire format: never changes.</summary>
    public override int Identifier => 6100;

    /// <inheritdoc/>
    public override string Manifest(object o) => PeerCodec.Manifest(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => PeerCodec.Encode(obj);

    /// <inheritdoc/>
    /// <exception cref="FormatException">The bytes are not a message; the engine drops it and says so.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => PeerCodec.Decode(bytes, manifest);
}
