using KvStore.Node;

namespace KvStore.MultiNode.Tests;

/// <summary>Concurrent writes of the same keys: one of the two is lost, and none without a word.</summary>
public sealed class ConflictSpecs
{
    private const int Keys = 10_000;

    /// <summary>Few enough for one batch.</summary>
    private const int Chunk = 100;

    [Fact]
    public async Task Two_nodes_that_wrote_the_same_keys_while_separated_agree_and_name_every_loser()
    {
        using var folders = new SpecFolders();
        await using var cluster = new SpecCluster(NodeSettings.Reference);
        var stores = new List<SpecStore>();
        for (var i = 0; i < 3; i++)
            stores.Add(await SpecStore.StartAsync(cluster.Add(), $"n{i}", folders));
        await SpecStore.JoinAsync(cluster, stores);
        var clients = stores.ConvertAll(static s => s.Client);
        // Half of the keys are there before, so that the losers are overwrites as well as new keys.
        for (var from = 0; from < Keys / 2; from += Chunk)
            (await clients[0].TalkAsync(Sets(from, "before"))).ShouldBe(Oks);
        await StoreSpecs.UntilIdenticalAsync(clients, Keys / 2);

        var (here, there) = (cluster.Nodes.Skip(1).ToList(), cluster.Nodes.Take(1).ToList());
        SpecCluster.Cut(here, there);
        // The later one wins: of each half the other one, and with so much between the two that no clock can take them for simultaneous.
        await WriteHalfAsync(clients[0], "n0", half: 0);
        await WriteHalfAsync(clients[1], "n1", half: 1);
        await WriteHalfAsync(clients[1], "n1", half: 0);
        await WriteHalfAsync(clients[0], "n0", half: 1);
        SpecCluster.Heal(here, there);
        await cluster.UntilAllSeeEachOtherAsync(cluster.Nodes);
        await StoreSpecs.UntilIdenticalAsync(clients, Keys);

        var conflicts = new List<Dictionary<string, (string Kind, string Winner, string Loser)>>();
        foreach (var client in clients)
            conflicts.Add(await ConflictsAsync(client));
        for (var key = 0; key < Keys; key++)
        {
            var (winner, loser) = key < Keys / 2 ? ("n1", "n0") : ("n0", "n1");
            (await clients[2].TalkAsync($"GET key:{key}\n")).ShouldBe(winner + "\n");
            // Whoever accepted the loser saw it overwritten by a write that did not know of it; or, where a session was faster than the
            // numbered stream, by one of which that is not known.
            conflicts[loser == "n0" ? 0 : 1].TryGetValue($"key:{key}", out var named).ShouldBeTrue($"key:{key} was lost without a word");
            (named.Winner, named.Loser).ShouldBe((winner, loser));
        }
        foreach (var seen in conflicts)
            seen.Values.ShouldAllBe(static c => (c.Kind == "conflict" || c.Kind == "possible") && c.Winner != c.Loser);
        await stores[2].ShouldBeIdenticalAsync(3);
    }

    private static string Oks { get; } = string.Concat(Enumerable.Repeat("OK\n", Chunk));

    private static async Task WriteHalfAsync(SpecClient client, string value, int half)
    {
        for (var from = half * Keys / 2; from < (half + 1) * Keys / 2; from += Chunk)
            (await client.TalkAsync(Sets(from, value))).ShouldBe(Oks);
    }

    private static string Sets(int from, string value) => string.Concat(Enumerable.Range(from, Chunk).Select(i => $"SET key:{i} {value}\n"));

    private static async Task<Dictionary<string, (string Kind, string Winner, string Loser)>> ConflictsAsync(SpecClient client)
    {
        var lines = (await client.TalkAsync("CONFLICTS 100000\n")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var found = new Dictionary<string, (string, string, string)>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            // time kind winner over loser key
            var fields = line.Split(' ');
            found.TryAdd(fields[5], (fields[1], fields[2], fields[4])).ShouldBeTrue($"{fields[5]} is named twice");
        }
        return found;
    }
}
