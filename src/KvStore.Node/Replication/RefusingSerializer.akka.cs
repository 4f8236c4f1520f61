using System.Runtime.Serialization;

namespace KvStore.Node.Replication;

/// <summary>
/// Stands where Akka.NET has its JSON serializer (<c>hocon/engine.akka.conf</c>), which writes any object together with the name of its
/// type, and makes an object of whatever type a peer names. It writes nothing and reads nothing: a message whose type has no serializer of
/// its own is refused with a log line at the sender, and one that a peer has written as JSON at the receiver. The connection goes on.
/// </summary>
public sealed class RefusingSerializer : SerializerWithStringManifest
{
    /// <summary>Creates the serializer.</summary>
    /// <param name="system">The actor system.</param>
    public RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>Creates the serializer where there are settings for the one whose place it takes.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="settings"><c>akka.actor.serialization-settings.json</c>; not used.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    /// <summary>That of Akka.NET's JSON serializer, so that what peers send under it comes here.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override string Manifest(object o) => throw NoSerializer(o);

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override byte[] ToBinary(object obj) => throw NoSerializer(obj);

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override object FromBinary(byte[] bytes, string manifest) =>
        throw new SerializationException($"a message of type {manifest} came as JSON, which is not read here");

    private static SerializationException NoSerializer(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new SerializationException($"{message.GetType().FullName} has no serializer, and is not sent to another node");
    }
}
