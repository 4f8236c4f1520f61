using System.Buffers.Binary;
using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Storage;

namespace KvStore.Protocol.Peer;

/// <summary>Writes the fields of <see cref="PeerCodec"/>'s grammar into a buffer that is large enough.</summary>
internal ref struct PeerWriter(int maxBytes)
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(maxBytes);
    private int _at;

    public void Byte(byte value) => _buffer[_at++] = value;

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_at), value);
        _at += sizeof(ulong);
    }

    public void Int64(long value) => UInt64((ulong)value);

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_at), value);
        _at += sizeof(int);
    }

    public void Slots(SlotSet slots)
    {
        slots.Write(_buffer.AsSpan(_at));
        _at += SlotSet.SizeBytes;
    }

    public void UInt128(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_buffer.AsSpan(_at), value);
        _at += PeerReader.DigestBytes;
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_at + sizeof(ushort)));
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_at), checked((ushort)length));
        _at += sizeof(ushort) + length;
    }

    public void Vector(OriginVector vector)
    {
        Int32(vector.Count);
        foreach (var (origin, mark) in vector)
        {
            UInt64(origin);
            Int64(mark.Number);
            UInt64(mark.Clock);
        }
    }

    public void Ids(IReadOnlyCollection<ulong> ids)
    {
        Int32(ids.Count);
        foreach (var id in ids)
            UInt64(id);
    }

    public void Suspects(IReadOnlyList<int> slots)
    {
        Int32(slots.Count);
        foreach (var slot in slots)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_at), (ushort)slot);
            _at += sizeof(ushort);
        }
    }

    public void Rest(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_at));
        _at += bytes.Length;
    }

    public readonly byte[] ToArray() => _buffer.AsSpan(0, _at).ToArray();
}
