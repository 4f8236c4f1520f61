namespace KvStore.Host.Tests;

public sealed class RestartsTests
{
    [Fact]
    public void Pauses_double_up_to_ten_seconds_and_after_ten_restarts_in_a_row_there_is_no_other()
    {
        var restarts = new Restarts();
        var pauses = Enumerable.Range(0, Restarts.MaxInARow).Select(_ => restarts.Next(TimeSpan.FromSeconds(30))!.Value.TotalSeconds);
        pauses.ShouldBe([1, 2, 4, 8, 10, 10, 10, 10, 10, 10]);
        restarts.Next(TimeSpan.FromSeconds(30)).ShouldBeNull();
        restarts.Next(TimeSpan.Zero).ShouldBeNull("nothing has changed");
    }

    [Fact]
    public void A_node_that_has_served_for_a_minute_begins_to_count_anew()
    {
        var restarts = new Restarts();
        for (var i = 0; i < Restarts.MaxInARow; i++)
            restarts.Next(TimeSpan.Zero);
        restarts.Next(Restarts.ServedLongEnough).ShouldBe(TimeSpan.FromSeconds(1));
        restarts.Count.ShouldBe(1);
    }
}
