namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>What an operator would say of the data: <c>kv verify</c>, run as the operator runs it.</summary>
internal static class Verification
{
    /// <summary>All nodes that this one knows have the same data, slot by slot. What is still on its way is waited for.</summary>
    public static async Task ShouldBeIdenticalAsync(this NodeUnderTest node, int nodes = 1)
    {
        var output = "";
        await Eventually.AreTrueAsync(
            async () =>
            {
                await using var kv = ProductProcess.Start("kv", "verify", "--at", $"{node.GatewayPort}");
                await kv.WaitForExitAsync();
                output = kv.Output;
                var lines = output.Split('\n');
                return lines.Length == nodes + 1 && lines[^1] == (nodes == 1 ? "identical: there is one node" : "identical");
            },
            () => $"kv verify says:\n{output}\n{node.Output}");
    }
}
