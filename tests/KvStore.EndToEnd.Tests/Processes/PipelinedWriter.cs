using System.Net.Sockets;
using System.Text;

namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>
/// A client that writes without waiting for each reply, and knows afterwards what was acknowledged. Write <c>i</c> is two commands: a key of
/// its own, and one key that counts the writes and is overwritten by each.
/// </summary>
internal sealed class PipelinedWriter : IDisposable
{
    /// <summary>Writes that are sent and not answered: enough that a kill always finds some at every stage of their way.</summary>
    public const int UsualWindow = 128;

    private const int MaxBurst = 16;

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly SemaphoreSlim _room;
    private readonly string _name;
    private readonly string _filler;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private int _acknowledged;
    private volatile bool _isStopping;

    private PipelinedWriter(string name, Random random, int window, int valueBytes) =>
        (_name, _random, _room, _filler) = (name, random, new SemaphoreSlim(window), new string('x', valueBytes));

    /// <summary>Every write before this one was acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Every write from this one on was never sent.</summary>
    public int Sent { get; private set; }

    /// <summary>The first reply that was no acknowledgement: nothing is sent after it was read.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Completes when the connection is gone, or a write was refused.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public static async Task<PipelinedWriter> StartAsync(NodeUnderTest node, string name, int seed, int window = UsualWindow, int valueBytes = 64)
    {
        var writer = new PipelinedWriter(name, new Random(seed), window, valueBytes);
        await writer._client.ConnectAsync("127.0.0.1", node.GatewayPort).WaitAsync(ProductProcess.Patience);
        writer.Ended = Task.WhenAll(writer.SendAsync(), writer.ReceiveAsync());
        return writer;
    }

    /// <summary>What was acknowledged is there; what was sent and not acknowledged is there wholly or not at all.</summary>
    public async Task CheckAsync(NodeUnderTest node)
    {
        var answers = await node.AskAllAsync([.. Enumerable.Range(0, Sent).Select(i => $"GET {Key(i)}"), $"GET {CountKey}"]);
        for (var i = 0; i < Sent; i++)
        {
            if (answers[i] != Value(i) && (i < Acknowledged || answers[i] != "(nil)"))
                throw new InvalidOperationException($"{node.Name} answers '{answers[i]}' for {Key(i)}; {Acknowledged} of {Sent} writes were acknowledged.\n{node.Output}");
        }
        if (Acknowledged > 0)
            int.Parse(answers[Sent]).ShouldBeInRange(Acknowledged - 1, Sent - 1, $"{CountKey} went back on {node.Name}");
    }

    /// <summary>Ends the connection when what was sent is answered.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        await _stop.CancelAsync();
        await Ended.WaitAsync(ProductProcess.Patience);
    }

    public void Dispose()
    {
        _client.Dispose();
        _room.Dispose();
        _stop.Dispose();
    }

    private string CountKey => $"count:{_name}";

    private string Key(int i) => $"{_name}:{i}";

    private string Value(int i) => $"{_name}:{i}:{_filler}";

    private async Task SendAsync()
    {
        try
        {
            var stream = _client.GetStream();
            while (Refusal is null)
            {
                var burst = new StringBuilder();
                await _room.WaitAsync(_stop.Token);
                for (var i = _random.Next(1, MaxBurst); i > 0; i--)
                {
                    burst.Append($"SET {Key(Sent)} {Value(Sent)}\nSET {CountKey} {Sent}\n");
                    Sent++;
                    if (i > 1 && !_room.Wait(0, CancellationToken.None))
                        break;
                }
                await stream.WriteAsync(Encoding.ASCII.GetBytes(burst.ToString()));
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            // The node was killed, which is the point.
        }
        catch (OperationCanceledException)
        {
            if (_isStopping)
                _client.Client.Shutdown(SocketShutdown.Send);
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            using var reader = new StreamReader(_client.GetStream(), Encoding.ASCII, leaveOpen: true);
            var replies = 0;
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line != "OK")
                {
                    Refusal = line;
                    break;
                }
                if (++replies % 2 > 0)
                    continue;
                Interlocked.Increment(ref _acknowledged);
                _room.Release();
            }
        }
        catch (IOException)
        {
            // As above.
        }
        // Who waits for room must not wait for ever.
        await _stop.CancelAsync();
    }
}
