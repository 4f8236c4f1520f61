using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;

namespace KvStore.Actors.Serialization;

/// <summary>Bytes as they are; number 4, as in Akka.NET.</summary>
internal sealed class ByteArraySerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 4;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => (byte[])obj;

    public override object FromBinary(byte[] bytes, Type type) => bytes;
}

/// <summary>
/// Text as UTF-8 (<c>S</c>), int (<c>I</c>) and long (<c>L</c>) little-endian; number 17 and manifests as in Akka.NET.
/// </summary>
internal sealed class PrimitiveSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    internal static readonly Type[] Types = [typeof(string), typeof(int), typeof(long)];

    public override int Identifier => 17;

    public override string Manifest(object o) => o switch
    {
        string => "S",
        int => "I",
        long => "L",
        _ => throw new ArgumentException($"{o.GetType()} is no primitive that can be written.", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        if (obj is string text)
            return Encoding.UTF8.GetBytes(text);
        var bytes = new byte[obj is int ? sizeof(int) : sizeof(long)];
        if (obj is int number)
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        else
            BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)obj);
        return bytes;
    }

    public override object FromBinary(byte[] bytes, string manifest) => (manifest, bytes.Length) switch
    {
        ("S", _) => Encoding.UTF8.GetString(bytes),
        ("I", sizeof(int)) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ("L", sizeof(long)) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => throw new SerializationException($"{bytes.Length} bytes with the manifest '{manifest}' are no primitive."),
    };
}
