using System.Text;
using KvStore.Core.Replication;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Commands;

/// <summary>A store with one connection to it: bytes in, bytes out, as Latin-1 so that any byte can be written in a test.</summary>
internal sealed class TestStore : IDisposable
{
    public const long StartMs = 1_795_000_000_000;

    private readonly RequestParser _parser;
    private readonly CommandBatch _batch;
    private byte[] _input = [];

    public TestStore(RequestLimits? limits = null, ReplicaSettings? settings = null)
    {
        Limits = limits ?? RequestLimits.Default;
        Replica = new Replica(settings ?? new ReplicaSettings(), startId: 7, hashSeed: 7, member: "node-1");
        Replica.Advance(StartMs);
        Facts = new TestFacts();
        Facts.Sessions.Add(Session);
        Executor = new CommandExecutor(Replica, Facts, Limits);
        _parser = new RequestParser(Limits);
        _batch = new CommandBatch(Limits);
    }

    public RequestLimits Limits { get; }

    public Replica Replica { get; }

    public TestFacts Facts { get; }

    public CommandExecutor Executor { get; }

    public ClientSession Session { get; } = new(3, "10.0.0.9:5000", "10.0.0.1:6100", StartMs);

    public bool IsClosed { get; private set; }

    public bool IsSuspended { get; private set; }

    /// <summary>Sends bytes as they stand and returns all replies.</summary>
    public string Send(string input)
    {
        _input = [.. _input, .. Encoding.Latin1.GetBytes(input)];
        var output = new StringBuilder();
        while (_input.Length > 0 && !IsClosed && !IsSuspended)
        {
            _input = _input[_parser.Parse(_input, _batch)..];
            output.Append(Execute());
        }
        return output.ToString();
    }

    /// <summary>Sends text lines as another connection does, of commands that don't wait.</summary>
    public string SendAs(ClientSession session, string input)
    {
        var batch = new CommandBatch(Limits);
        new RequestParser(Limits).Parse(Encoding.Latin1.GetBytes(input), batch);
        Executor.Run(batch, session).ShouldBe(BatchStatus.Done);
        return Encoding.Latin1.GetString(batch.Output.Written);
    }

    /// <summary>Has the store run a suspended batch again, and what the client sent behind it. What was answered before is in the replies.</summary>
    public string Resume()
    {
        IsSuspended.ShouldBeTrue();
        var replies = Execute();
        return IsSuspended ? replies : replies + Send("");
    }

    // As the store does it: a suspended batch keeps its output.
    private string Execute()
    {
        var output = new StringBuilder();
        BatchStatus status;
        do
        {
            status = Executor.Run(_batch, Session);
            if (status == BatchStatus.Suspended)
                break;
            output.Append(Encoding.Latin1.GetString(_batch.Output.Written));
            _batch.Output.Clear();
        }
        while (status == BatchStatus.OutputFull);
        IsClosed = status == BatchStatus.Close;
        IsSuspended = status == BatchStatus.Suspended;
        if (!IsSuspended)
            _batch.Reset();
        return output.ToString();
    }

    /// <summary>Sends one command as RESP.</summary>
    public string Resp(params string[] arguments) => Send(Encode(arguments));

    public static string Encode(params string[] arguments) =>
        $"*{arguments.Length}\r\n" + string.Concat(arguments.Select(static a => $"${a.Length}\r\n{a}\r\n"));

    public void Dispose() => Replica.Dispose();
}

internal sealed class TestFacts : IServerFacts
{
    public List<ClientSession> Sessions { get; } = [];

    public List<string> Failures { get; } = [];

    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    public bool Loading { get; set; }

    public string? WriteRefusal { get; set; }

    public string Version => "0.1.0";

    public string RunId => "0123456789abcdef0123456789abcdef01234567";

    public string NodeName => "node-1";

    public int TcpPort => 6100;

    public int ProcessId => 42;

    public long StartedAtMs => TestStore.StartMs - 90_000_000;

    public long NowMicroseconds => (TestStore.StartMs * 1000) + 123_456;

    public long UsedMemoryBytes => 1_000_000;

    public long ConnectionsReceived => 5;

    public IReadOnlyCollection<ClientSession> Clients => Sessions;

    public IReadOnlyCollection<MemberFacts> Members =>
        [new("node-1", "127.0.0.1:4053", "up", true), new("node-2", "127.0.0.1:4054", "up", false)];

    public TestCluster Cluster { get; } = new();

    IClusterAdministration IServerFacts.Cluster => Cluster;

    public TestData Data { get; } = new();

    IDataAdministration IServerFacts.Data => Data;

    public IReadOnlyDictionary<string, string> Configuration => Settings;

    public Action? OnAppendInfo { get; set; }

    public void AppendInfo(string section, InfoText info)
    {
        OnAppendInfo?.Invoke();
        if (section == "memory")
            info.Field("used_memory_rss", 2_000_000);
    }

    public void OnExecutorFailure(string command, Exception error) => Failures.Add($"{command}: {error.Message}");
}
