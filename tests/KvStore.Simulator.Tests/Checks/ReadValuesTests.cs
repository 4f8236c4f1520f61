using KvStore.Simulator.Checks;

namespace KvStore.Simulator.Tests.Checks;

public sealed class ReadValuesTests
{
    private readonly ReadValues _values = new();

    [Fact]
    public void A_value_may_be_read_until_it_expires_and_not_from_then_on()
    {
        _values.Add(Ledgers.Set(1, "k", "value", expiresAtMs: 100));

        _values.Judge("k", "value", clockMs: 99).ShouldBeNull();
        _values.Judge("k", "value", clockMs: 100).ShouldNotBeNull();
    }

    [Fact]
    public void Another_expiry_moves_the_end()
    {
        _values.Add(Ledgers.Set(1, "k", "value", expiresAtMs: 100));
        _values.Add(Ledgers.Set(2, "k", "value", expiresAtMs: 200));

        _values.Judge("k", "value", clockMs: 150).ShouldBeNull();
        _values.Judge("k", "value", clockMs: 200).ShouldNotBeNull();

        _values.Add(Ledgers.Set(3, "k", "value"));
        _values.Judge("k", "value", clockMs: 9_999).ShouldBeNull();
    }

    [Fact]
    public void Of_what_nobody_is_known_to_have_written_nothing_is_said() =>
        _values.Judge("k", "value", clockMs: 100).ShouldBeNull();
}
