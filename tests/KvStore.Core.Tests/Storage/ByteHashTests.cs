using KvStore.Core.Storage;

namespace KvStore.Core.Tests.Storage;

public sealed class ByteHashTests
{
    [Fact]
    public void Every_bit_of_every_length_and_the_length_itself_and_the_seed_count()
    {
        var hashes = new HashSet<ulong>();
        var expected = 0;
        var random = new Random(1);
        for (var length = 0; length <= 300; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            hashes.Add(ByteHash.Of(bytes, 1));
            hashes.Add(ByteHash.Of(bytes, 2));
            expected += 2;
            for (var bit = 0; bit < length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                hashes.Add(ByteHash.Of(bytes, 1));
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                expected++;
            }
        }
        hashes.Count.ShouldBe(expected);
    }

    [Fact]
    public void Blocks_of_a_long_value_that_change_places_change_the_hash()
    {
        var hashes = new HashSet<ulong>();
        for (var first = 0; first < 16; first++)
        {
            for (var second = first; second < 16; second++)
            {
                var bytes = new byte[256];
                for (var i = 0; i < bytes.Length; i++)
                    bytes[i] = (byte)(i / 16);
                bytes.AsSpan(first * 16, 16).Fill((byte)second);
                bytes.AsSpan(second * 16, 16).Fill((byte)first);
                hashes.Add(ByteHash.Of(bytes, 1));
            }
        }
        // All 120 pairs, and the value as it was.
        hashes.Count.ShouldBe(121);
    }
}
