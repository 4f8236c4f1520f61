using KvStore.Protocol.Commands;

namespace KvStore.Protocol.Tests.Commands;

/// <summary>Two nodes, one of them away, with a snapshot that ends when the test says so; keeps what it was asked to do.</summary>
internal sealed class TestData : IDataAdministration
{
    public List<string> Requests { get; } = [];

    public string? Refusal { get; set; }

    public string Gateway => "127.0.0.1:6100";

    public IReadOnlyList<DataNode> Nodes { get; set; } =
        [new("node-1", "127.0.0.1:4053", "127.0.0.1:6100", "ready"), new("node-2", "127.0.0.1:4054", "", "unreachable")];

    public IReadOnlyList<RepairProgress> Repairs { get; set; } = [];

    public IReadOnlyList<ReplicaFacts> Replicas { get; set; } =
        [new("node-1", 0xa1, 7, "live", 0, TestStore.StartMs), new("node-2", 0xb2, 8, "away", -1, 0)];

    public bool IsSnapshotRunning { get; set; }

    public Action? OnCompleted { get; set; }

    public long SnapshotsCompleted
    {
        get
        {
            OnCompleted?.Invoke();
            return field;
        }

        set;
    }

    public string? SnapshotFailure { get; set; }

    public long LastSavedAtMs { get; set; } = TestStore.StartMs;

    public PersistenceFacts Persistence { get; set; } = new();

    public string? StartRepair() => Ask("repair");

    public string? Forget(string name) => Ask("forget " + name);

    public string? StartSnapshot()
    {
        IsSnapshotRunning = Refusal is null;
        return Ask("snapshot");
    }

    /// <summary>Ends the snapshot that is being written.</summary>
    public void EndSnapshot(string? failure = null)
    {
        IsSnapshotRunning = false;
        SnapshotsCompleted++;
        SnapshotFailure = failure;
    }

    private string? Ask(string request)
    {
        Requests.Add(request);
        return Refusal;
    }
}
