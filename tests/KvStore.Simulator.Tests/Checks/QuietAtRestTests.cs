using KvStore.Simulator.Checks;

namespace KvStore.Simulator.Tests.Checks;

public sealed class QuietAtRestTests
{
    [Fact]
    public void Three_replicas_that_agree_need_their_statuses_and_one_question_and_answer_for_each_session() =>
        QuietAtRest.Bound(nodes: 3, durationMs: 10_000, statusIntervalMs: 500, antiEntropyIntervalMs: 20_000).ShouldBe((6 * 21) + 6 + 6);
}
