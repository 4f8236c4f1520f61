using KvStore.Protocol.Client;

namespace KvStore.Cli.Verify;

/// <summary>Runs <c>kv verify</c>: compares the data of nodes by their digests, and finds the slots and keys in which they differ.</summary>
internal sealed class VerifyCommand(CommandLine line, Terminal terminal)
{
    /// <summary>How often it looks before it gives up: writes to the same slots may go on for ever.</summary>
    private const int Looks = 10;

    /// <summary>Differing slots whose keys are listed. Who has more wants a repair and not a list.</summary>
    private const int SlotsListed = 3;

    /// <summary>Between two looks a write has reached every node that it can reach.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs the comparison and returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        var nodes = line.Data!.Words.Count > 0 ? Given() : await AskedAsync();
        try
        {
            await Task.WhenAll(nodes.Select(n => n.LookAsync(line.Timeout)));
            var report = new VerifyReport(nodes);
            await CompareAsync([.. nodes.Where(static n => n.Problem is null)], report);
            report.Print(line.Json, terminal);
            return report.IsIdentical ? ExitCode.Ok : ExitCode.ErrorReply;
        }
        finally
        {
            foreach (var node in nodes)
                node.Dispose();
        }
    }

    private List<VerifiedNode> Given()
    {
        var nodes = new List<VerifiedNode>();
        foreach (var word in line.Data!.Words)
            nodes.Add(new VerifiedNode(word, Endpoint.Take([word], out _).ToString()));
        return nodes;
    }

    // The node that is asked is reached as it just was, which may be through a tunnel.
    private async Task<List<VerifiedNode>> AskedAsync()
    {
        using var connection = await KvConnection.OpenAsync(line.Endpoint!, line.Timeout);
        var self = (await connection.AskAsync("KVDATA", "DIGEST")).Text("name");
        var members = (await connection.AskAsync("KVDATA", "NODES")).Items;
        var nodes = new List<VerifiedNode>();
        foreach (var member in members)
        {
            var name = member.Text("name");
            nodes.Add(new VerifiedNode(name.Length > 0 ? name : member.Text("address"), name == self ? line.Endpoint!.ToString() : Gateway(member)));
        }
        return nodes;
    }

    // A node that listens on every interface is reached where the other nodes reach it.
    private static string Gateway(Reply member)
    {
        var gateway = member.Text("gateway");
        var address = member.Text("address");
        var port = gateway.LastIndexOf(':');
        return port > 0 && gateway[..port] is "0.0.0.0" or "[::]" ? address[..address.LastIndexOf(':')] + gateway[port..] : gateway;
    }

    private async Task CompareAsync(List<VerifiedNode> nodes, VerifyReport report)
    {
        if (nodes.Select(static n => n.Digest!.Text("digest")).Distinct(StringComparer.Ordinal).Count() <= 1)
        {
            report.Verdict = Verdict.Identical;
            return;
        }
        var comparison = new SlotComparison();
        using var progress = new Progress(terminal);
        try
        {
            for (var look = 1; look <= Looks; look++)
            {
                comparison.Add(await LookAsync(nodes));
                if (comparison.IsIdentical || comparison.Differing.Count > 0)
                    break;
                progress.Show($"{comparison.Open} slots differ; looking again");
                await terminal.Pause(BetweenLooks);
            }
            progress.Clear();
            report.Verdict = comparison.IsIdentical ? Verdict.Identical : comparison.Differing.Count > 0 ? Verdict.Differs : Verdict.Unsettled;
            report.Differing = comparison.Differing;
            foreach (var slot in comparison.Differing.Where(static s => s != SlotComparison.Floor).Take(SlotsListed))
                report.Slots.Add(await DifferingSlot.FindAsync(slot, nodes));
        }
        catch (Exception error) when (error is NoConnectionException or RefusedException)
        {
            progress.Clear();
            report.Problem = error.Message;
        }
    }

    private async Task<IReadOnlyDictionary<int, string[]>> LookAsync(List<VerifiedNode> nodes)
    {
        var unequal = new Dictionary<int, string[]>();
        await Task.WhenAll(nodes.Select(n => n.LookAsync(line.Timeout)));
        if (nodes.Find(static n => n.Problem is not null) is { } lost)
            throw new NoConnectionException($"{lost.Name}: {lost.Problem}");
        Add(unequal, SlotComparison.Floor, [.. nodes.Select(static n => n.Digest!.Text("floor"))]);
        var partitions = await Task.WhenAll(nodes.Select(static n => n.PartitionsAsync()));
        for (var partition = 0; partition < partitions[0].Length; partition++)
        {
            if (IsEqual(At(partitions, partition)))
                continue;
            var slots = await Task.WhenAll(nodes.Select(n => n.SlotsAsync(partition)));
            for (var slot = 0; slot < slots[0].Length; slot++)
                Add(unequal, (partition * slots[0].Length) + slot, At(slots, slot));
        }
        return unequal;
    }

    private static void Add(Dictionary<int, string[]> unequal, int slot, string[] digests)
    {
        if (!IsEqual(digests))
            unequal.Add(slot, digests);
    }

    private static string[] At(string[][] digests, int index) =>
        [.. digests.Select(d => index < d.Length ? d[index] : throw new NoConnectionException("the nodes divide their data differently: are they of one version?"))];

    private static bool IsEqual(string[] digests) => Array.TrueForAll(digests, d => d == digests[0]);
}
