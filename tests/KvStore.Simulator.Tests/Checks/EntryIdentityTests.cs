using KvStore.Core.Storage;
using KvStore.Simulator.Checks;

namespace KvStore.Simulator.Tests.Checks;

public sealed class EntryIdentityTests
{
    private static readonly Written s_written = Ledgers.Set(5, "k", "value", expiresAtMs: 100);

    [Fact]
    public void What_was_accepted_passes() =>
        Judge("k", EntryKind.Value, 100, "value"u8).ShouldBeNull();

    [Fact]
    public void What_has_expired_passes_with_the_hash_of_its_value() =>
        Judge("k", EntryKind.Expired, 100, BitConverter.GetBytes(s_written.ValueHash)).ShouldBeNull();

    [Fact]
    public void Another_value_key_or_expiry_under_the_version_is_found()
    {
        Judge("k", EntryKind.Value, 100, "other"u8).ShouldNotBeNull();
        Judge("other", EntryKind.Value, 100, "value"u8).ShouldNotBeNull();
        Judge("k", EntryKind.Value, 101, "value"u8).ShouldNotBeNull();
        Judge("k", EntryKind.Value, 0, "value"u8).ShouldNotBeNull();
        Judge("k", EntryKind.Deleted, 100, []).ShouldNotBeNull();
        Judge("k", EntryKind.Expired, 100, new byte[8]).ShouldNotBeNull();
    }

    [Fact]
    public void What_has_expired_before_any_clock_says_so_is_found() =>
        Judge("k", EntryKind.Expired, 100, BitConverter.GetBytes(s_written.ValueHash), latestMs: 99).ShouldNotBeNull();

    private static string? Judge(string key, EntryKind kind, long expiresAtMs, ReadOnlySpan<byte> value, long latestMs = 200) =>
        EntryIdentity.Judge(s_written, System.Text.Encoding.UTF8.GetBytes(key), new EntryView(s_written.Version, kind, expiresAtMs, value), latestMs);
}
