using System.Text;

namespace KvStore.Actors.Remoting;

/// <summary>
/// Paths and manifests repeat in message after message, so a connection numbers them: a name is written out once, and afterwards
/// is two bytes.
/// <code>
/// name := 0xFFFF                                ; none
///       | 0x8000 | u16 length | UTF-8           ; written out, not numbered
///       | 0x4000 + slot | u16 length | UTF-8    ; written out, and the slot's name from now on
///       | slot                                  ; the slot's name
/// </code>
/// The slot follows from the text, so the table has a fixed size, needs no eviction, and a name that comes once only costs the
/// slot that it falls into. Both ends forget everything when the connection ends.
/// </summary>
internal static class NameTable
{
    /// <summary>A node talks to a few hundred remote actors; two in one slot only cost bytes.</summary>
    public const int Slots = 1024;

    /// <summary>A path of a few dozen segments. Longer ones are refused on both ends.</summary>
    public const int MaxNameBytes = 2048;

    public const int None = 0xFFFF;
    public const int Literal = 0x8000;
    public const int Define = 0x4000;

    /// <summary>Longer names do not get a slot: a full table must not hold megabytes.</summary>
    public const int MaxNumberedBytes = 512;

    /// <summary>
    /// The length and the last eight characters: paths differ at their end. Both ends need not agree on it, only the writer
    /// uses it.
    /// </summary>
    public static int SlotOf(string name)
    {
        var hash = (uint)name.Length;
        for (var i = Math.Max(0, name.Length - 8); i < name.Length; i++)
            hash = (hash * 31) + name[i];
        hash *= 2654435769u;
        return (int)(hash >> 22);
    }
}

/// <summary>The sending end of a table. Not thread-safe: the lane's lock protects it.</summary>
internal sealed class NameWriter
{
    private readonly string?[] _slots = new string?[NameTable.Slots];

    public void Forget() => Array.Clear(_slots);

    /// <summary>How many bytes the name will take, and the head that says how; nothing changes yet.</summary>
    /// <exception cref="ArgumentException">The name is too long to be sent.</exception>
    public int Measure(string? name, out int head)
    {
        if (string.IsNullOrEmpty(name))
        {
            head = NameTable.None;
            return sizeof(ushort);
        }
        var slot = NameTable.SlotOf(name);
        var known = _slots[slot];
        if (ReferenceEquals(known, name) || string.Equals(known, name, StringComparison.Ordinal))
        {
            head = slot;
            return sizeof(ushort);
        }
        var length = Encoding.UTF8.GetByteCount(name);
        if (length > NameTable.MaxNameBytes)
            throw new ArgumentException($"A path or manifest of {length} bytes cannot be sent: at most {NameTable.MaxNameBytes} are allowed.", nameof(name));
        head = length <= NameTable.MaxNumberedBytes ? NameTable.Define + slot : NameTable.Literal;
        return sizeof(ushort) + sizeof(ushort) + length;
    }

    /// <summary>Writes what was measured, and returns the bytes taken.</summary>
    public int Write(string? name, int head, Span<byte> target)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)head);
        if (head is NameTable.None or < NameTable.Define)
            return sizeof(ushort);
        var length = Encoding.UTF8.GetBytes(name!, target[(2 * sizeof(ushort))..]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(target[sizeof(ushort)..], (ushort)length);
        if (head != NameTable.Literal)
            _slots[head - NameTable.Define] = name;
        return (2 * sizeof(ushort)) + length;
    }
}

/// <summary>
/// A name as the receiver knows it. While its slot keeps it, the same instance comes with every frame, so whoever resolves
/// it can leave the result in <see cref="Resolved"/> instead of looking it up again.
/// </summary>
internal sealed class WireName(string text)
{
    public static readonly WireName Empty = new("");

    public string Text { get; } = text;

    /// <summary>For the handler of the frames, and only during its call: one connection's frames are handled one after the other.</summary>
    public object? Resolved { get; set; }

    public override string ToString() => Text;
}

/// <summary>The receiving end of a table.</summary>
internal sealed class NameReader
{
    private readonly WireName?[] _slots = new WireName?[NameTable.Slots];

    /// <summary>The next name; null where there is none.</summary>
    public WireName? Read(ref WireReader reader)
    {
        var head = reader.UInt16();
        switch (head)
        {
            case < NameTable.Slots:
                return _slots[head] ?? throw new MalformedFrameException($"The name {head} was never written out.");
            case NameTable.None:
                return null;
            case NameTable.Literal:
                return new WireName(reader.Text(NameTable.MaxNameBytes, "name"));
            case >= NameTable.Define and < NameTable.Define + NameTable.Slots:
                var name = new WireName(reader.Text(NameTable.MaxNumberedBytes, "name"));
                _slots[head - NameTable.Define] = name;
                return name;
            default:
                throw new MalformedFrameException($"{head} does not begin a name.");
        }
    }
}
