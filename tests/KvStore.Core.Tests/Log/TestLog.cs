using System.Text;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Log;

/// <summary>A start of a node on a folder: recovery, then the writers. What was recovered is kept as text, for comparison.</summary>
internal sealed class TestLog : ILogSink
{
    public const ulong Replica = 0xABCD;

    /// <summary>Small, so that a few items fill a segment.</summary>
    public static readonly LogSettings Small = new() { SegmentBytes = 512, BlockBytes = 128, SnapshotSyncBytes = 512 };

    /// <summary>The same of a log whose owner tells of nothing that is not claimed.</summary>
    public static readonly LogSettings SmallClaimed = Small with { TellsOnlyClaimed = true };

    private TestLog(MemoryDisk disk) => Disk = disk;

    public MemoryDisk Disk { get; }

    public LogWriter Writer { get; private set; } = null!;

    public SnapshotWriter Snapshots { get; private set; } = null!;

    public RecoveryReport Report { get; private set; } = null!;

    /// <summary>What the replica has: the items that were recovered and appended, in order.</summary>
    public List<string> Items { get; } = [];

    public static TestLog Open(MemoryDisk disk, LogSettings? settings = null, bool acceptDamage = false, int step = int.MaxValue, bool run = true)
    {
        var log = Recover(disk, out var tail, acceptDamage, step);
        log.Writer = new LogWriter(disk, tail, settings ?? Small);
        log.Snapshots = new SnapshotWriter(disk, log.Writer, tail, settings ?? Small);
        disk.Completed = done => (log.Writer.OnDone(done) || log.Snapshots.OnDone(done)).ShouldBeTrue();
        if (run)
            disk.Run();
        return log;
    }

    public static TestLog Recover(MemoryDisk disk, out LogTail tail, bool acceptDamage = false, int step = int.MaxValue)
    {
        var log = new TestLog(disk);
        using var recovery = new Recovery(disk, Replica, acceptDamage);
        while (!recovery.Step(step, log))
            recovery.BytesDone.ShouldBeLessThanOrEqualTo(recovery.BytesTotal);
        log.Report = recovery.Report;
        tail = recovery.Tail!;
        return log;
    }

    public static TestLog Recover(MemoryDisk disk, bool acceptDamage = false) => Recover(disk, out _, acceptDamage);

    /// <summary>One mutation of origin 7, which says which one it is.</summary>
    public static LogItem Mutation(long number, int valueBytes = 10)
    {
        var value = new byte[valueBytes];
        Array.Fill(value, (byte)number);
        var buffer = new byte[EntryRecord.MaxSize(20, valueBytes)];
        var key = Encoding.ASCII.GetBytes("key:" + number);
        var record = new EntryRecord(RecordKind.Value, new VersionStamp((ulong)number, 7), default, 0, key, value);
        return new MutationsItem(new Mutations(7, number, 1, buffer.AsMemory(0, record.Write(buffer, origin: 7))));
    }

    /// <summary>An item as text, which is equal exactly when the item is.</summary>
    public static string Describe(LogItem item)
    {
        var buffer = new LogBuffer();
        LogItemCodec.Write(buffer, item);
        return Convert.ToHexString(buffer.Bytes);
    }

    public void Append(LogItem item)
    {
        Writer.Append(item);
        Items.Add(Describe(item));
    }

    /// <summary>Appends and writes each item as a record of its own; where each one ends.</summary>
    public List<LogPosition> Write(params IEnumerable<LogItem> items)
    {
        var ends = new List<LogPosition>();
        foreach (var item in items)
        {
            Append(item);
            ends.Add(Writer.Write());
        }
        return ends;
    }

    public void Sync()
    {
        Writer.BeginSync();
        Disk.Run();
        Writer.Synced.ShouldBe(Writer.Written);
    }

    public void Apply(LogItem item) => Items.Add(Describe(item));
}
