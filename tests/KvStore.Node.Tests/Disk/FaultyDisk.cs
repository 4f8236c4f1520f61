using KvStore.Core.Log;
using KvStore.Node.Disk;

namespace KvStore.Node.Tests.Disk;

/// <summary>A real data folder whose syncs fail, or take long, when the test says so.</summary>
internal sealed class FaultyDisk(string folder) : IDisk
{
    private readonly FileDisk _disk = new(folder);
    private readonly TaskCompletionSource _syncFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _syncHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<DiskDone> _held = [];

    // Set by the test, read by the disk's thread.
    private volatile bool _failsSyncs;
    private volatile bool _holdsSyncs;
    private readonly ManualResetEventSlim _answers = new(initialState: true);

    public ulong Replica => _disk.Identify(fresh: 0x7777).Replica;

    /// <summary>Completes with the first sync that failed.</summary>
    public Task SyncFailed => _syncFailed.Task;

    public IReadOnlyList<string> Files => _disk.Files;

    public ulong Boot => _disk.Boot;

    public Action<DiskDone>? Completed
    {
        get;
        set
        {
            field = value;
            _disk.Completed = OnDone;
        }
    }

    /// <summary>Completes with the first sync that is held back.</summary>
    public Task SyncHeld => _syncHeld.Task;

    /// <summary>From now on no sync is said to be done: a device that takes its time.</summary>
    public void HoldSyncs() => _holdsSyncs = true;

    /// <summary>Says that what was held back is done.</summary>
    public void ReleaseSyncs()
    {
        _holdsSyncs = false;
        lock (_held)
        {
            foreach (var done in _held)
                Completed!(done);
            _held.Clear();
        }
    }

    /// <summary>From now on the disk's thread is stuck in the request that it carries out: a device that does not answer.</summary>
    public void Stick() => _answers.Reset();

    /// <summary>The device answers again.</summary>
    public void Unstick() => _answers.Set();

    /// <summary>From now on every sync fails, though the bytes are in the file: what a device does that could not keep them.</summary>
    public void FailSyncs() => _failsSyncs = true;

    public IDiskFile Open(string name) => _disk.Open(name);

    public void Submit(DiskRequest request) => _disk.Submit(request);

    public void Close() => _disk.Close();

    public void Dispose()
    {
        _disk.Dispose();
        _answers.Dispose();
    }

    private void OnDone(DiskDone done)
    {
        _answers.Wait();
        if (_failsSyncs && done.Request is SyncFile)
        {
            done = done with { Error = new IOException("fdatasync failed: Input/output error") };
            _syncFailed.TrySetResult();
        }
        if (_holdsSyncs && done.Request is SyncFile)
        {
            lock (_held)
                _held.Add(done);
            _syncHeld.TrySetResult();
            return;
        }
        Completed!(done);
    }
}
