namespace KvStore.Core.Storage;

/// <summary>
/// The slot of a key: CRC16 (XMODEM) modulo 16384, of the part between the first <c>{</c> and the next <c>}</c> where that
/// is not empty, else of the whole key. See the Redis Cluster specification, "Key distribution model".
/// </summary>
public static class Slot
{
    /// <summary>How many slots there are.</summary>
    public const int Count = 16384;

    private static readonly ushort[] Crc = BuildTable();

    /// <summary>The slot of <paramref name="key"/>, from 0 to 16383.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        var tagged = key;
        var open = key.IndexOf((byte)'{');
        if (open >= 0)
        {
            var length = key[(open + 1)..].IndexOf((byte)'}');
            if (length > 0)
                tagged = key.Slice(open + 1, length);
        }
        uint crc = 0;
        var table = Crc;
        foreach (var b in tagged)
            crc = ((crc << 8) & 0xFFFF) ^ table[(crc >> 8) ^ b];
        return (int)(crc & (Count - 1));
    }

    private static ushort[] BuildTable()
    {
        const int polynomial = 0x1021;
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = i << 8;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ polynomial : crc << 1;
            table[i] = (ushort)crc;
        }
        return table;
    }
}
