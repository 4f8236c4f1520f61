using System.Collections.Concurrent;
using KvStore.Core.Log;
using KvStore.Node.Disk;

namespace KvStore.Node.Tests.Disk;

/// <summary>A disk whose completions wait for the test, which is its owner's thread.</summary>
internal sealed class RecordingDisk : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<DiskDone> _done = [];

    public RecordingDisk(string folder)
    {
        Disk = new FileDisk(folder);
        Disk.Completed = done =>
        {
            lock (Threads)
                Threads.Add(Thread.CurrentThread.Name ?? "");
            _done.Add(done);
        };
    }

    public FileDisk Disk { get; }

    public HashSet<string> Threads { get; } = new(StringComparer.Ordinal);

    /// <summary>The names in the folder.</summary>
    public IReadOnlyList<string> Files => Disk.Files;

    /// <summary>Submits a request and waits for its end.</summary>
    public DiskDone Do(DiskRequest request)
    {
        Disk.Submit(request);
        _done.TryTake(out var done, Patience).ShouldBeTrue();
        done!.Request.ShouldBeSameAs(request);
        return done;
    }

    /// <summary>Gives completions to the writers until a condition holds.</summary>
    public void Until(Func<bool> condition, LogWriter log, SnapshotWriter snapshots)
    {
        while (!condition())
        {
            _done.TryTake(out var done, Patience).ShouldBeTrue();
            done!.Error.ShouldBeNull();
            (log.OnDone(done) || snapshots.OnDone(done)).ShouldBeTrue();
        }
    }

    public void Dispose()
    {
        Disk.Dispose();
        _done.Dispose();
    }
}
