using System.Buffers.Binary;
using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <summary>
/// An entry without its key and its value, by which a receiver tells whether it has it:
/// <code>
///   hash     8  of the key, under the seed of the receiver's own table, so that it finds its own entry by it
///   clock    8  of the version, little-endian like all of it
///   start    8  of the version
///   content  4  the low half of the content hash: equal versions with unequal contents show
/// </code>
/// </summary>
/// <param name="Hash">Of the key.</param>
/// <param name="Version">The version.</param>
/// <param name="Content">Of kind, expiry and value.</param>
public readonly record struct ListedEntry(ulong Hash, VersionStamp Version, uint Content)
{
    /// <summary>What <see cref="Write"/> writes.</summary>
    public const int SizeBytes = 28;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="source">At least <see cref="SizeBytes"/>.</param>
    public static ListedEntry Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        new VersionStamp(BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), BinaryPrimitives.ReadUInt64LittleEndian(source[16..])),
        BinaryPrimitives.ReadUInt32LittleEndian(source[24..]));

    /// <summary>Writes the entry.</summary>
    /// <param name="destination">At least <see cref="SizeBytes"/>.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Hash);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Version.Clock);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Version.StartId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], Content);
    }
}
