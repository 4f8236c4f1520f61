namespace KvStore.Core.Log;

/// <summary>What a recovery found, for the log of the node and for the decision whether it may vote.</summary>
public sealed class RecoveryReport
{
    private readonly List<string> _cuts = [];

    /// <summary>The file name of the snapshot that was loaded; null when there was none.</summary>
    public string? Snapshot { get; internal set; }

    /// <summary>Segments that were replayed.</summary>
    public int Segments { get; internal set; }

    /// <summary>Items applied, of snapshot and log.</summary>
    public long Items { get; internal set; }

    /// <summary>Mutations in them.</summary>
    public long Mutations { get; internal set; }

    /// <summary>Entries in them, those of the snapshot included.</summary>
    public long Entries { get; internal set; }

    /// <summary>Bytes of valid records.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Those of them that are the log's: what a snapshot would spare the next start.</summary>
    public long LogBytes { get; internal set; }

    /// <summary>True when the last thing in the log is that the process stopped of its own will, with everything synced.</summary>
    public bool StoppedCleanly { get; internal set; }

    /// <summary>True when there were neither segments nor snapshots.</summary>
    public bool WasEmpty { get; internal set; }

    /// <summary>True when the operator's override let damage pass: acknowledged writes may be missing.</summary>
    public bool AcceptedDamage { get; internal set; }

    /// <summary>True when whole records were cut, behind a hole that a power cut left.</summary>
    public bool CutHole { get; internal set; }

    /// <summary>A line for each thing that was cut: which file, which bytes, why.</summary>
    public IReadOnlyList<string> Cuts => _cuts;

    internal void Cut(string line) => _cuts.Add(line);
}
