using KvStore.Protocol.Commands;

namespace KvStore.Protocol.Tests.Commands;

/// <summary>A cluster of two members, one of them out of reach, that keeps what it was asked to do.</summary>
internal sealed class TestCluster : IClusterAdministration
{
    public const string First = "akka.tcp://kvstore@127.0.0.1:4053";
    public const string Second = "akka.tcp://kvstore@127.0.0.1:4054";

    public List<string> Requests { get; } = [];

    public string? Refusal { get; set; }

    public List<ClusterChange> Changes { get; } =
    [
        new(1, TestStore.StartMs, "joined", First),
        new(2, TestStore.StartMs + 1000, "up", First),
        new(3, TestStore.StartMs + 2500, "unreachable", Second),
    ];

    public ClusterMember Self => Members[0];

    public string Leader => First;

    public IReadOnlyList<ClusterMember> Members { get; set; } =
    [
        new(First, ["cache", "web"], "up", IsReachable: true, "1.2.3"),
        new(Second, [], "leaving", IsReachable: false, ""),
    ];

    public long LastEvent => Changes.Count;

    public IReadOnlyList<ClusterChange> EventsSince(long since) => [.. Changes.Where(c => c.Number > since)];

    public string? Leave(string address) => Ask("leave " + address);

    public string? Down(string address) => Ask("down " + address);

    public string? Join(string address) => Ask("join " + address);

    public AdministrationAnswer Heal() => Ask("heal") is { } why ? AdministrationAnswer.Refused(why) : AdministrationAnswer.Done("1 node (b:2) told to join the cluster of 2 (a:1)");

    private string? Ask(string request)
    {
        Requests.Add(request);
        return Refusal;
    }
}
