using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Log;

public sealed class LogItemTests
{
    private static readonly OriginVector Vector = new([new(3, new OriginMark(1, 77)), new(1, new OriginMark(long.MaxValue, 77))]);

    public static TheoryData<LogItem> Items() =>
    [
        TestLog.Mutation(5),
        new EntriesItem(1, ((MutationsItem)TestLog.Mutation(6)).Message.Records),
        new EntriesItem(0, default),
        new FloorItem(new VersionStamp(1, 2)),
        new CoveredItem(Vector),
        new CoveredItem(OriginVector.Empty),
        new CeilingItem(ulong.MaxValue),
        new ResetItem(),
        new IdentityItem(9, GivesUp: true),
        new ReadyItem(),
        new BeyondItem(7, 5, 9, 1_234),
        new LoadingItem(new OriginVector([new(3, new OriginMark(4, 5))]), 6),
        new CollectedItem(Vector, 99),
        new RegistryItem(new byte[] { 1, 2, 3 }),
        new RegistryItem(default),
    ];

    [Theory]
    [MemberData(nameof(Items))]
    public void An_item_comes_back_as_it_was(LogItem item)
    {
        var bytes = Encode(item, item);
        var read = LogItemCodec.ReadAll(bytes).ToList();
        read.Select(static i => i.GetType()).ShouldBe([item.GetType(), item.GetType()]);
        read.Select(TestLog.Describe).ShouldBe([TestLog.Describe(item), TestLog.Describe(item)]);
        if (item is CoveredItem covered)
            ((CoveredItem)read[0]).Vector.ShouldBe(covered.Vector);
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void An_item_that_is_cut_short_is_refused(LogItem item)
    {
        var bytes = Encode(item);
        for (var length = 1; length < bytes.Length; length++)
            Should.Throw<FormatException>(() => LogItemCodec.ReadAll(bytes.AsMemory(0, length)).ToList());
    }

    [Fact]
    public void Any_bytes_are_items_or_refused()
    {
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            bytes[0] = (byte)random.Next(11);
            try
            {
                _ = LogItemCodec.ReadAll(bytes).ToList();
            }
            catch (FormatException)
            {
            }
        }
    }

    [Theory]
    [InlineData(0UL, 1L, 1)]
    [InlineData(7UL, 0L, 1)]
    [InlineData(7UL, 1L, 0)]
    [InlineData(7UL, 1L, 2)]
    [InlineData(7UL, long.MaxValue, 1)]
    public void Mutations_that_can_not_be_are_refused(ulong origin, long first, int count)
    {
        var records = ((MutationsItem)TestLog.Mutation(1)).Message.Records;
        var bytes = Encode(new MutationsItem(new Mutations(origin, first, count, records)));
        Should.Throw<FormatException>(() => LogItemCodec.ReadAll(bytes).ToList());
    }

    [Theory]
    [InlineData(1UL, 5L, 2UL, -1L)]
    [InlineData(2UL, 5L, 1UL, 5L)]
    [InlineData(1UL, 5L, 1UL, 6L)]
    public void A_vector_that_can_not_be_is_refused(ulong first, long number, ulong second, long secondNumber)
    {
        var bytes = Encode(new CoveredItem(new OriginVector([new(1, new OriginMark(1, 0)), new(2, new OriginMark(1, 0))])));
        BitConverter.TryWriteBytes(bytes.AsSpan(5), first);
        BitConverter.TryWriteBytes(bytes.AsSpan(13), number);
        BitConverter.TryWriteBytes(bytes.AsSpan(29), second);
        BitConverter.TryWriteBytes(bytes.AsSpan(37), secondNumber);
        Should.Throw<FormatException>(() => LogItemCodec.ReadAll(bytes).ToList());
    }

    private static byte[] Encode(params LogItem[] items)
    {
        var buffer = new LogBuffer();
        foreach (var item in items)
            LogItemCodec.Write(buffer, item);
        return [.. buffer.Bytes];
    }
}
