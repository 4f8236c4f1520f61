using System.Buffers.Binary;
using System.Text;

namespace KvStore.Node.Healing;

/// <summary>
/// The bytes of <see cref="HealingMessage"/>, little-endian:
/// <code>
/// message  := u8 version = 1 | u8 kind: 1 sighting, 2 answer, 3 move | body
/// sighting := state | u16 count | (u64 cluster seen)*
/// state    := members | u8 settled | u16 count | (u64 store)* | i64 since
/// move     := members who | u16 count | (text address)*
/// members  := u16 count | (text address | i32 uid)*
/// text     := u8 length in bytes | UTF-8
/// </code>
/// </summary>
internal static class HealingCodec
{
    /// <summary>More than a cluster of full replicas has. One that is larger says nothing.</summary>
    public const int MaxMembers = 128;

    /// <summary>What the engine carries to a node outside of the cluster.</summary>
    public const int MaxBytes = 48 * 1024;

    /// <summary>An address of the engine with a long host name.</summary>
    public const int MaxAddressBytes = 255;

    private const byte Version = 1;
    private const byte SightingKind = 1;
    private const byte AnswerKind = 2;
    private const byte MoveKind = 3;

    /// <summary>The bytes; null where there is more to say than fits.</summary>
    public static byte[]? TryEncode(HealingMessage message)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        var fits = message switch
        {
            Sighting sighting => Write(writer, sighting),
            Move move => Write(writer, move),
            _ => throw new ArgumentException($"There is no encoding of {message.GetType().Name}.", nameof(message)),
        };
        return fits && stream.Length <= MaxBytes ? stream.ToArray() : null;
    }

    /// <summary>What says which cluster it is and in which state: all of it but what its node sees elsewhere.</summary>
    public static byte[] EncodeState(ClusterPicture picture)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        WriteState(writer, picture);
        return stream.ToArray();
    }

    /// <summary>The message; null where the bytes are none, as those of a later version.</summary>
    public static HealingMessage? TryDecode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Reader(bytes);
            if (reader.Byte() != Version)
                return null;
            HealingMessage? message = reader.Byte() switch
            {
                SightingKind => new Sighting(ReadPicture(ref reader), IsAnswer: false),
                AnswerKind => new Sighting(ReadPicture(ref reader), IsAnswer: true),
                MoveKind => new Move(ReadMembers(ref reader), ReadAddresses(ref reader)),
                _ => null,
            };
            return reader.IsAtEnd ? message : null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    private static bool Write(BinaryWriter writer, Sighting sighting)
    {
        var picture = sighting.Picture;
        writer.Write(sighting.IsAnswer ? AnswerKind : SightingKind);
        WriteState(writer, picture);
        WriteNumbers(writer, picture.Sees);
        return picture.Members.Count <= MaxMembers && picture.Replicas.Count <= MaxMembers && picture.Sees.Count <= SplitWatch.MaxOthers;
    }

    private static bool Write(BinaryWriter writer, Move move)
    {
        writer.Write(MoveKind);
        WriteMembers(writer, move.Who);
        writer.Write((ushort)move.To.Count);
        foreach (var address in move.To)
            WriteText(writer, address);
        return move.Who.Count <= MaxMembers && move.To.Count <= MaxMembers;
    }

    private static void WriteState(BinaryWriter writer, ClusterPicture picture)
    {
        WriteMembers(writer, picture.Members);
        writer.Write(picture.IsSettled);
        WriteNumbers(writer, picture.Replicas);
        writer.Write(picture.SinceMs);
    }

    private static void WriteMembers(BinaryWriter writer, IReadOnlyList<PicturedMember> members)
    {
        writer.Write((ushort)members.Count);
        foreach (var member in members)
        {
            WriteText(writer, member.Address);
            writer.Write(member.Uid);
        }
    }

    private static void WriteNumbers(BinaryWriter writer, IReadOnlyList<ulong> numbers)
    {
        writer.Write((ushort)numbers.Count);
        foreach (var number in numbers)
            writer.Write(number);
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = Math.Min(bytes.Length, MaxAddressBytes);
        writer.Write((byte)length);
        writer.Write(bytes, 0, length);
    }

    private static ClusterPicture ReadPicture(ref Reader reader) => new(
        ReadMembers(ref reader),
        reader.Byte() != 0,
        ReadNumbers(ref reader, MaxMembers),
        (long)reader.Number(),
        ReadNumbers(ref reader, SplitWatch.MaxOthers));

    private static PicturedMember[] ReadMembers(ref Reader reader)
    {
        var members = new PicturedMember[reader.Count(MaxMembers)];
        for (var i = 0; i < members.Length; i++)
            members[i] = new PicturedMember(reader.Text(), BinaryPrimitives.ReadInt32LittleEndian(reader.Take(sizeof(int))));
        return members;
    }

    private static string[] ReadAddresses(ref Reader reader)
    {
        var addresses = new string[reader.Count(MaxMembers)];
        for (var i = 0; i < addresses.Length; i++)
            addresses[i] = reader.Text();
        return addresses;
    }

    private static ulong[] ReadNumbers(ref Reader reader, int max)
    {
        var numbers = new ulong[reader.Count(max)];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = reader.Number();
        return numbers;
    }

    // A span that is too short throws, before more than MaxMembers of anything is allocated.
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public byte Byte() => Take(1)[0];

        public ulong Number() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

        public string Text() => Encoding.UTF8.GetString(Take(Byte()));

        public int Count(int max)
        {
            var count = BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));
            return count <= max ? count : throw new FormatException($"{count} of what may be {max}.");
        }

        public ReadOnlySpan<byte> Take(int count)
        {
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
