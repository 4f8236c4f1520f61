using System.Net;
using System.Net.Sockets;
using KvStore.Core.Replication;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;

namespace KvStore.Cli.Tests;

/// <summary>
/// A node without peers: the real replica and the real commands behind a socket, with a clock that stands. What a whole node would
/// know of others is what the test says.
/// </summary>
internal sealed class FakeNode : IServerFacts, IDataAdministration, IDisposable
{
    public const long StartMs = 1_795_000_000_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CommandExecutor _executor;
    private readonly Lock _turn = new();
    private int _sessions;

    public FakeNode(string name, ulong startId)
    {
        NodeName = name;
        Replica = new Replica(new ReplicaSettings(), startId, hashSeed: startId, member: name);
        Replica.Advance(StartMs);
        _executor = new CommandExecutor(Replica, this, RequestLimits.Default);
        _listener.Start();
        Nodes = [new DataNode(name, "127.0.0.1:4053", Gateway, "ready")];
        Completion = AcceptAsync();
    }

    public Task Completion { get; }

    /// <summary>To be used while no client does.</summary>
    public Replica Replica { get; }

    public List<string> Requests { get; } = [];

    public string Port => $"{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Called before each read of a connection is executed.</summary>
    public Action? OnBatch { get; set; }

    public string? Refusal { get; set; }

    public bool Loading { get; set; }

    public string? WriteRefusal { get; set; }

    public string Version => "0.1.0";

    public string RunId => new('0', 40);

    public string NodeName { get; }

    public int TcpPort => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int ProcessId => 1;

    public long StartedAtMs => StartMs;

    public long NowMicroseconds => Replica.NowMs * 1000;

    public long UsedMemoryBytes => 0;

    public long ConnectionsReceived => _sessions;

    public IReadOnlyCollection<ClientSession> Clients => [];

    public IReadOnlyCollection<MemberFacts> Members => [];

    public IClusterAdministration Cluster => throw new NotSupportedException();

    public IReadOnlyDictionary<string, string> Configuration { get; } = new Dictionary<string, string>();

    public IDataAdministration Data => this;

    public string Gateway => $"127.0.0.1:{Port}";

    public IReadOnlyList<DataNode> Nodes { get; set; }

    public Queue<IReadOnlyList<RepairProgress>> RepairStates { get; } = new();

    public IReadOnlyList<RepairProgress> Repairs => RepairStates.Count > 1 ? RepairStates.Dequeue() : RepairStates.Peek();

    public IReadOnlyList<ReplicaFacts> Replicas { get; set; } = [];

    public bool IsSnapshotRunning => false;

    public long SnapshotsCompleted => 0;

    public string? SnapshotFailure => null;

    public long LastSavedAtMs => StartMs;

    public PersistenceFacts Persistence { get; } = new();

    public string? StartRepair() => Ask("repair");

    public string? Forget(string name) => Ask("forget " + name);

    public string? StartSnapshot() => Ask("snapshot");

    public void AppendInfo(string section, InfoText info)
    {
    }

    public void OnExecutorFailure(string command, Exception error) => Requests.Add($"{command} failed: {error}");

    /// <summary>The node begins a cluster, alone: what it accepts is a registered replica's from then on.</summary>
    public void Serve()
    {
        Replica.MemberUp(Replica.Member);
        Replica.Tick();
        Replica.Outbox.Clear();
    }

    /// <summary>Has the node take in what another has accepted since it was last asked.</summary>
    public void Learn(FakeNode from)
    {
        Replica.MemberUp(Replica.Member);
        Replica.MemberUp(from.Replica.Member);
        from.Replica.MemberUp(Replica.Member);
        from.Replica.Flush();
        var messages = from.Replica.Outbox.Effects.Select(static e => e.Message).ToList();
        from.Replica.Outbox.Clear();
        // Mutations are taken of a registered replica.
        foreach (var message in messages.Where(static m => m is not Mutations).Append(new RegistryUpdate(from.Replica.StartId, from.Replica.Registry)).Concat(messages.OfType<Mutations>()))
            Replica.Receive(message);
    }

    public void Dispose()
    {
        _listener.Dispose();
        Replica.Dispose();
    }

    private string? Ask(string request)
    {
        Requests.Add(request);
        return Refusal;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var socket = client;
        var session = new ClientSession(Interlocked.Increment(ref _sessions), "", "", StartMs);
        var parser = new RequestParser(RequestLimits.Default);
        var batch = new CommandBatch(RequestLimits.Default);
        var buffer = new byte[1 << 16];
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer)) > 0;)
            {
                for (var at = 0; at < count;)
                {
                    at += parser.Parse(buffer.AsMemory(at, count - at), batch);
                    await ExecuteAsync(socket, batch, session);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ExecuteAsync(Socket socket, CommandBatch batch, ClientSession session)
    {
        BatchStatus status;
        do
        {
            lock (_turn)
            {
                OnBatch?.Invoke();
                status = _executor.Run(batch, session);
            }
            var reply = batch.Output.Written.ToArray();
            batch.Output.Clear();
            await socket.SendAsync(reply);
        }
        while (status == BatchStatus.OutputFull);
        batch.Reset();
    }
}
