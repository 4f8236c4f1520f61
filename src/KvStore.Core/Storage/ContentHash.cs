using System.Buffers.Binary;

namespace KvStore.Core.Storage;

/// <summary>
/// Hashes of contents that every node computes alike: fixed seeds, and an expired tombstone hashes as the value it was.
/// </summary>
public static class ContentHash
{
    private const ulong ValueSeed = 0x9e3779b97f4a7c15;
    private const ulong LowSeed = 0xd6e8feb86659fd93;
    private const ulong HighSeed = 0xc2b2ae3d27d4eb4f;

    /// <summary>The hash of a value's bytes: what an expired tombstone keeps of it.</summary>
    public static ulong OfValue(ReadOnlySpan<byte> value) => ByteHash.Of(value, ValueSeed);

    /// <summary>The hash by which two entries of one version are told apart, which a sound cluster never needs.</summary>
    public static ulong OfEntry(in EntryView entry)
    {
        var value = entry.Kind switch
        {
            EntryKind.Deleted => 0UL,
            EntryKind.Expired => BinaryPrimitives.ReadUInt64LittleEndian(entry.Value),
            _ => OfValue(entry.Value),
        };
        return ByteHash.Mix(value ^ LowSeed, (ulong)entry.ExpiresAtMs ^ (entry.Kind == EntryKind.Deleted ? 1UL : 0UL) ^ HighSeed);
    }

    /// <summary>
    /// The term of one key in a digest. Digests add terms modulo 2^128; the terms are not linear in anything an entry
    /// holds, so that contents that were swapped between keys do not cancel.
    /// </summary>
    public static UInt128 DigestTerm(ReadOnlySpan<byte> key, in EntryView entry) => Term(OfKey(key), entry);

    /// <summary>A <see cref="DigestTerm"/>, for a key that has several terms: an overwrite takes the old one away and adds the new one.</summary>
    internal static UInt128 Term(KeyHash key, in EntryView entry)
    {
        var content = OfEntry(entry);
        var version = ByteHash.Mix(entry.Version.Clock ^ LowSeed, entry.Version.StartId ^ HighSeed);
        var low = ByteHash.Mix(key.Low ^ content, version ^ ValueSeed);
        var high = ByteHash.Mix(key.High ^ version, content ^ ValueSeed);
        return new UInt128(high, low);
    }

    internal static KeyHash OfKey(ReadOnlySpan<byte> key) => new(ByteHash.Of(key, LowSeed), ByteHash.Of(key, HighSeed));

    /// <summary>What a key contributes to its terms.</summary>
    internal readonly record struct KeyHash(ulong Low, ulong High);
}
