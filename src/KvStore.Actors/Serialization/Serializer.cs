using System.Runtime.Serialization;

namespace KvStore.Actors.Serialization;

/// <summary>Turns messages of some types into bytes and back.</summary>
public abstract class Serializer
{
#pragma warning disable IDE1006, SA1401, CA1051, MA0069 // The field and its name are Akka.NET's.
    /// <summary>The system it works for.</summary>
    protected readonly ExtendedActorSystem system;
#pragma warning restore IDE1006, SA1401, CA1051, MA0069

    private int? _identifier;

    /// <summary>Creates a serializer; the system calls this with itself.</summary>
    protected Serializer(ExtendedActorSystem system) => this.system = system;

    /// <summary>
    /// The number that stands for this serializer on the wire, the same on every node; unless overridden the one below
    /// <c>akka.actor.serialization-identifiers</c>.
    /// </summary>
    public virtual int Identifier => _identifier ??= Serialization.IdentifierOf(GetType(), system);

    /// <summary>True when reading needs to know the type.</summary>
    public abstract bool IncludeManifest { get; }

    /// <summary>The bytes of a message.</summary>
    public abstract byte[] ToBinary(object obj);

    /// <summary>The message in the bytes.</summary>
    /// <exception cref="SerializationException">The bytes are not such a message.</exception>
    public abstract object FromBinary(byte[] bytes, Type type);

    /// <summary>The message in the bytes.</summary>
    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T));
}

/// <summary>A serializer that names what it wrote by a short text, so that types can be renamed.</summary>
public abstract class SerializerWithStringManifest : Serializer
{
    /// <summary>Creates a serializer; the system calls this with itself.</summary>
    protected SerializerWithStringManifest(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public sealed override bool IncludeManifest => true;

    /// <inheritdoc/>
    public sealed override object FromBinary(byte[] bytes, Type type) =>
        FromBinary(bytes, $"{type.FullName}, {type.Assembly.GetName().Name}");

    /// <summary>The message in the bytes.</summary>
    /// <exception cref="SerializationException">The manifest is unknown, or the bytes are not such a message.</exception>
    public abstract object FromBinary(byte[] bytes, string manifest);

    /// <summary>What stands for the type of a message.</summary>
    public abstract string Manifest(object o);
}
