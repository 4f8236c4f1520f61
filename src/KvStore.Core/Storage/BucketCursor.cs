using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace KvStore.Core.Storage;

/// <summary>
/// The order in which walks pass buckets: the cursor counts with its bits reversed, so that buckets which split while a walk
/// is under way are neither missed nor, where they were done, visited again (as Redis's dictScan, by Pieter Noordhuis).
/// </summary>
/// <remarks>
/// Reversed, a bucket is the range of the hashes that it holds, a split cuts that range in two, and a cursor is the boundary
/// up to which hashes have been passed: whatever the number of buckets was and is.
/// </remarks>
internal static class BucketCursor
{
    /// <summary>The cursor behind the bucket at <paramref name="cursor"/>; 0 behind the last.</summary>
    public static ulong Next(ulong cursor, ulong mask) => Reverse(Reverse(cursor | ~mask) + 1);

    /// <summary>True when a walk that goes on at <paramref name="cursor"/> is done with the bucket of <paramref name="hash"/>.</summary>
    public static bool HasPassed(ulong cursor, ulong hash) => Reverse(hash) < Reverse(cursor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Reverse(ulong bits)
    {
        bits = ((bits >> 1) & 0x5555555555555555) | ((bits & 0x5555555555555555) << 1);
        bits = ((bits >> 2) & 0x3333333333333333) | ((bits & 0x3333333333333333) << 2);
        bits = ((bits >> 4) & 0x0F0F0F0F0F0F0F0F) | ((bits & 0x0F0F0F0F0F0F0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(bits);
    }
}
