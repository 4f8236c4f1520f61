namespace KvStore.Host.Tests;

public sealed partial class SerializationTests
{
    /// <summary>Or the others would prove nothing.</summary>
    [Fact]
    public async Task Akka_NET_as_it_comes_would_have_sent_it_and_read_it() =>
        (await HeardAsync(StartStranger(), StartStranger())).Length.ShouldBe(3);
}
