using System.Net;
using System.Net.Sockets;

namespace KvStore.Host.Local;

/// <summary>
/// Asks every gateway for its INFO once a second, as any monitoring would, and says what has changed.
/// </summary>
internal sealed class HealthWatch(IReadOnlyList<ChildNode> nodes, Action<string> print)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly string[] ShownFields = ["loading", "kvstore_members_reachable", "kvstore_members"];

    private readonly Dictionary<string, string> _last = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                foreach (var node in nodes)
                    Report(node, await AskAsync(node.Gateway, cancellation));
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private void Report(ChildNode node, IReadOnlyDictionary<string, string>? info)
    {
        var health = info is null
            ? "does not answer"
            : $"{(info["loading"] == "0" ? "serves" : "loading")}, sees {info["kvstore_members_reachable"]} of {info["kvstore_members"]} members";
        if (_last.GetValueOrDefault(node.Name) == health)
            return;
        _last[node.Name] = health;
        var keys = info?.GetValueOrDefault("db0");
        print($"{node.Name} {health}{(keys is null ? "" : $", {keys.Split(',')[0]}")}");
        if (info is null)
            print($"{node.Name} starts again with: {node.RestartCommand}");
    }

    private static async Task<IReadOnlyDictionary<string, string>?> AskAsync(IPEndPoint gateway, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Timeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(gateway, patience.Token);
            var stream = client.GetStream();
            await stream.WriteAsync("*1\r\n$4\r\nINFO\r\n*1\r\n$4\r\nQUIT\r\n"u8.ToArray(), patience.Token);
            using var reader = new StreamReader(stream);
            var text = await reader.ReadToEndAsync(patience.Token);
            var fields = text.Split("\r\n")
                .Select(static line => line.Split(':', 2))
                .Where(static pair => pair.Length == 2)
                .ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
            return ShownFields.All(fields.ContainsKey) ? fields : null;
        }
        catch (Exception error) when (error is SocketException or IOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
