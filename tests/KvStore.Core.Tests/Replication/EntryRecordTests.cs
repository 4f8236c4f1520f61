using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Replication;

public sealed class EntryRecordTests
{
    private const ulong Origin = 77;

    [Theory]
    [InlineData(RecordKind.Value, Origin, 0UL, 0L, 3, 200)]
    [InlineData(RecordKind.Value, 5UL, 9UL, 123456789L, 300, 0)]
    [InlineData(RecordKind.Deleted, Origin, 9UL, 0L, 1, 0)]
    [InlineData(RecordKind.Expired, 5UL, 0UL, 99L, 0, 8)]
    [InlineData(RecordKind.Floor, Origin, 0UL, 0L, 0, 0)]
    public void A_record_reads_back_as_it_was_written(RecordKind kind, ulong start, ulong replacedClock, long expiry, int keyLength, int valueLength)
    {
        var replaced = replacedClock == 0 ? VersionStamp.None : new VersionStamp(replacedClock, 6);
        var key = Enumerable.Range(0, keyLength).Select(i => (byte)i).ToArray();
        var value = Enumerable.Range(0, valueLength).Select(i => (byte)(i * 7)).ToArray();
        var bytes = new byte[EntryRecord.MaxSize(keyLength, valueLength)];
        var written = new EntryRecord(kind, new VersionStamp(42, start), replaced, expiry, key, value).Write(bytes, Origin);

        ReadOnlySpan<byte> source = bytes.AsSpan(0, written);
        var read = EntryRecord.Read(ref source, Origin);
        source.Length.ShouldBe(0);
        read.Kind.ShouldBe(kind);
        read.Version.ShouldBe(new VersionStamp(42, start));
        read.Replaced.ShouldBe(replaced);
        read.ExpiresAtMs.ShouldBe(expiry);
        read.Key.ToArray().ShouldBe(key);
        read.Value.ToArray().ShouldBe(value);

        for (var cut = 0; cut < written; cut++)
            IsMalformed(bytes.AsSpan(0, cut)).ShouldBeTrue($"cut at {cut}");
    }

    [Fact]
    public void Any_bytes_are_a_record_or_one_kind_of_error()
    {
        var random = new Random(3);
        var records = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && random.Next(2) == 0)
                bytes[0] &= 0x73;
            if (!IsMalformed(bytes))
                records++;
        }
        records.ShouldBeGreaterThan(100);
    }

    private static bool IsMalformed(ReadOnlySpan<byte> bytes)
    {
        try
        {
            EntryRecord.Read(ref bytes, Origin);
            return false;
        }
        catch (FormatException)
        {
            return true;
        }
    }
}
