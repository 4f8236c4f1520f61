using System.Buffers.Binary;
using KvStore.Core.Log;

namespace KvStore.Simulator.Tests.Disk;

/// <summary>What a process does with its disk: it recovers, and writes log and snapshots. Items are text, equal exactly when they are.</summary>
internal sealed class DiskLog : ILogSink
{
    public const ulong Replica = 0x51;

    public const int SegmentBytes = 1024;

    /// <summary>Small, so that a few items fill a segment.</summary>
    private static readonly LogSettings Small = new() { SegmentBytes = SegmentBytes, BlockBytes = 256, SnapshotSyncBytes = 1024 };

    /// <summary>The same where nothing is told as synced that the log does not claim.</summary>
    public static readonly LogSettings Claimed = Small with { TellsOnlyClaimed = true };

    private readonly List<string> _applied = [];

    private DiskLog()
    {
    }

    /// <summary>Whether whole records were cut behind a hole.</summary>
    public bool CutHole { get; private set; }

    public LogWriter Writer { get; private set; } = null!;

    public SnapshotWriter Snapshots { get; private set; } = null!;

    /// <summary>What was recovered, each once: a snapshot repeats what the log has too.</summary>
    public IReadOnlyList<string> Recovered => [.. _applied.Distinct(StringComparer.Ordinal)];

    /// <summary>A process starts.</summary>
    public static DiskLog Start(IDisk disk, LogSettings? settings = null)
    {
        var log = new DiskLog();
        var tail = log.Recover(disk);
        log.Writer = new LogWriter(disk, tail, settings ?? Small);
        log.Snapshots = new SnapshotWriter(disk, log.Writer, tail, settings ?? Small);
        disk.Completed = done => (log.Writer.OnDone(done) || log.Snapshots.OnDone(done)).ShouldBeTrue();
        return log;
    }

    /// <summary>What a start would find.</summary>
    public static IReadOnlyList<string> Read(IDisk disk)
    {
        var log = new DiskLog();
        log.Recover(disk).File?.Dispose();
        return log.Recovered;
    }

    public static LogItem Item(int number, int bytes)
    {
        var state = new byte[sizeof(int) + bytes];
        BinaryPrimitives.WriteInt32LittleEndian(state, number);
        state.AsSpan(sizeof(int)).Fill((byte)number);
        return new RegistryItem(state);
    }

    public static string Describe(LogItem item) => Convert.ToHexString(((RegistryItem)item).State.Span);

    public static LogItem Parse(string item) => new RegistryItem(Convert.FromHexString(item));

    public void Apply(LogItem item) => _applied.Add(Describe(item));

    private LogTail Recover(IDisk disk)
    {
        using var recovery = new Recovery(disk, Replica);
        while (!recovery.Step(1000, this))
        {
        }
        CutHole = recovery.Report.CutHole;
        return recovery.Tail!;
    }
}
