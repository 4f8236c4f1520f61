using KvStore.Core.Replication;
using KvStore.Simulator.Checks;

namespace KvStore.Simulator.Tests.Checks;

public sealed class MutationLedgerTests
{
    private readonly MutationLedger _ledger = new();
    private readonly List<Written> _accepted = [];

    public MutationLedgerTests() => _ledger.Accepted = _accepted.Add;

    [Fact]
    public void What_comes_again_is_taken_down_once()
    {
        _ledger.Add(Message(1, "a"));
        _ledger.Add(Message(1, "a"));

        _accepted.ShouldHaveSingleItem().Value.ShouldBe("a");
    }

    [Fact]
    public void A_number_that_comes_again_with_something_else_is_found()
    {
        Written? other = null;
        _ledger.Contradicted = (_, published) => other = published;
        _ledger.Add(Message(1, "a"));
        _ledger.Add(Message(1, "b"));

        other.ShouldNotBeNull().Value.ShouldBe("b");
    }

    [Fact]
    public void What_was_missed_is_known_to_be_and_may_come_later()
    {
        _ledger.Add(Message(2, "b"));
        _ledger.Missed.ShouldBe(1);
        _ledger.Of(Ledgers.Origin)[0].ShouldBeNull();

        _ledger.Add(Message(1, "a"));
        _ledger.Missed.ShouldBe(0);
        _ledger.Of(Ledgers.Origin)[0].ShouldNotBeNull().Value.ShouldBe("a");
    }

    private static Mutations Message(long number, string value)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(value);
        var buffer = new byte[200];
        var length = new EntryRecord(RecordKind.Value, Ledgers.Version((ulong)number), default, 0, "k"u8, bytes).Write(buffer, Ledgers.Origin);
        return new Mutations(Ledgers.Origin, number, 1, buffer.AsMemory(0, length));
    }
}
