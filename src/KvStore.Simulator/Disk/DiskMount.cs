using KvStore.Core.Log;

namespace KvStore.Simulator.Disk;

/// <summary>
/// What one process has of a disk. Requests are carried out one after the other, each when its time has passed. When the process has
/// been killed, nothing of it reaches the disk any more, and nothing is completed.
/// </summary>
internal sealed class DiskMount(SimulatedDisk disk) : IDisk
{
    private readonly Queue<DiskRequest> _waiting = [];
    private bool _isDue;
    private bool _isReleased;

    /// <inheritdoc/>
    public ulong Boot => disk.Boot;

    /// <inheritdoc/>
    public Action<DiskDone>? Completed { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => disk.Files;

    /// <summary>Whose platter it is.</summary>
    public SimulatedDisk Disk => disk;

    /// <summary>True when the process has been killed.</summary>
    public bool IsDead { get; private set; }

    /// <summary>The request whose time is passing; null when there is none.</summary>
    public DiskRequest? UnderWay { get; private set; }

    /// <summary>How many requests have not been begun.</summary>
    public int Waiting => _waiting.Count;

    /// <inheritdoc/>
    public IDiskFile Open(string name) =>
        new MountedFile(this, name, disk.Find(name) ?? throw new FileNotFoundException($"Could not find file '{name}'.", name));

    /// <inheritdoc/>
    public void Submit(DiskRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (IsDead)
            return;
        ObjectDisposedException.ThrowIf(_isReleased, this);
        _waiting.Enqueue(request);
        BeginNext();
    }

    public void Dispose() => Close();

    /// <summary>An orderly end: what was submitted is carried out at once, and completed; then another process may have the disk.</summary>
    public void Close()
    {
        if (IsDead || _isReleased)
            return;
        _isReleased = true;
        while (!IsDead && (UnderWay is not null || _waiting.Count > 0))
        {
            UnderWay ??= _waiting.Dequeue();
            Complete();
        }
        if (!IsDead)
            disk.Release();
    }

    /// <summary>The process is killed.</summary>
    public void Die() => IsDead = true;

    /// <summary>The disk answers again: what became due meanwhile is completed.</summary>
    public void Resume()
    {
        if (!_isDue)
            return;
        _isDue = false;
        OnDue();
    }

    private void BeginNext()
    {
        if (IsDead || _isReleased || UnderWay is not null || !_waiting.TryDequeue(out var request))
            return;
        UnderWay = request;
        disk.Later(disk.DrawLatency(), OnDue);
    }

    private void OnDue()
    {
        if (IsDead || _isReleased)
            return;
        if (disk.IsStalled)
        {
            _isDue = true;
            return;
        }
        Complete();
        BeginNext();
    }

    private void Complete()
    {
        var request = UnderWay!;
        MountedFile? file = null;
        Exception? error = null;
        try
        {
            file = disk.CarryOut(this, request);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            error = failure;
        }
        UnderWay = null;
        Completed?.Invoke(new DiskDone(request, file, error));
    }
}
