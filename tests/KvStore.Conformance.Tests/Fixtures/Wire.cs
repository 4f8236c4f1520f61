using System.Runtime.Serialization;
using System.Text;

namespace KvStore.Conformance.Fixtures;

/// <summary>What the specs send to another node. The serializer is bound to this type, and so to all below it.</summary>
public abstract record Wire;

/// <summary>Travels.</summary>
public sealed record Parcel(string Text) : Wire;

/// <summary>Travels, and carries a reference.</summary>
public sealed record ReplyTo(IActorRef Actor) : Wire;

/// <summary>Leaves with a manifest that no receiver knows.</summary>
public sealed record Foreign : Wire;

/// <summary>Cannot be written.</summary>
public sealed record Unwritable : Wire;

/// <summary>Leaves, and cannot be read.</summary>
public sealed record Unreadable : Wire;

/// <summary>Has a serializer of its own, though its base has one too.</summary>
public record Special : Wire;

/// <summary>Writes <see cref="Wire"/> messages; their number comes from the configuration.</summary>
public class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override string Manifest(object o) => o switch
    {
        Parcel => "P",
        ReplyTo => "R",
        Foreign => "not-known-here",
        _ => "X",
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        Parcel parcel => Encoding.UTF8.GetBytes(parcel.Text),
        ReplyTo reply => Encoding.UTF8.GetBytes(Serialization.SerializedActorPath(reply.Actor)),
        Unwritable => throw new SerializationException("This is never written."),
        _ => [1, 2, 3],
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        "P" => new Parcel(Encoding.UTF8.GetString(bytes)),
        "R" => new ReplyTo(system.Provider.ResolveActorRef(Encoding.UTF8.GetString(bytes))),
        _ => throw new SerializationException($"The manifest {manifest} is not known."),
    };
}

/// <summary>The serializer of <see cref="Special"/>; it says its number itself.</summary>
public sealed class SpecialSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4712;

    public override string Manifest(object o) => "S";

    public override byte[] ToBinary(object obj) => [];

    public override object FromBinary(byte[] bytes, string manifest) => new Special();
}
