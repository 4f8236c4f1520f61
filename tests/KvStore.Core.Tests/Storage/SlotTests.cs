using System.Text;
using KvStore.Core.Storage;

namespace KvStore.Core.Tests.Storage;

public sealed class SlotTests
{
    // The check value is the CRC catalogue's for CRC-16/XMODEM; the others are what CLUSTER KEYSLOT of Redis 7 answers.
    [Theory]
    [InlineData("123456789", 0x31C3)]
    [InlineData("foo", 12182)]
    [InlineData("bar", 5061)]
    [InlineData("", 0)]
    public void A_slot_is_the_crc16_of_the_key(string key, int slot) => Of(key).ShouldBe(slot % Slot.Count);

    [Theory]
    [InlineData("{user1000}.following", "user1000")]
    [InlineData("foo{bar}{zap}", "bar")]
    [InlineData("foo{{bar}}zap", "{bar")]
    public void Only_what_stands_in_the_first_braces_counts(string key, string tag) => Of(key).ShouldBe(Of(tag));

    [Theory]
    [InlineData("foo{}{bar}")]
    [InlineData("foo{bar")]
    public void Empty_or_open_braces_do_not_count(string key) => Of(key).ShouldNotBe(Of("bar"));

    private static int Of(string key) => Slot.Of(Encoding.UTF8.GetBytes(key));
}
