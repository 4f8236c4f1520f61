using KvStore.Core.Log;

namespace KvStore.Simulator.Disk;

/// <content>
/// Requests, in the steps in which the real disk carries them out: a crash may come between any two. Which steps there are is what
/// the node's FileDisk does.
/// </content>
internal sealed partial class SimulatedDisk
{
    private string? _failingSync;

    /// <summary>The next sync of a file whose name begins with this fails, once: that of a creation or a publication too.</summary>
    public void FailNextSync(string prefix = "") => _failingSync = prefix;

    /// <summary>Carries a request out wholly.</summary>
    /// <exception cref="IOException">It failed.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed before.</exception>
    internal MountedFile? CarryOut(DiskMount mount, DiskRequest request)
    {
        Counters.Requests++;
        // By far the most of them: spared the list of steps.
        if (request is SyncFile { File: MountedFile synced })
        {
            Sync(synced);
            return null;
        }
        try
        {
            foreach (var step in StepsOf(request))
                step();
        }
        catch (IOException) when (request is CreateFile failed)
        {
            _folder.Remove(failed.Name);
            throw;
        }
        if (request is PublishFile { File: MountedFile published, Name: var name })
            published.Name = name;
        return request is CreateFile created ? new MountedFile(mount, created.Name, _folder.Find(created.Name)!) : null;
    }

    private IReadOnlyList<Action> StepsOf(DiskRequest request) => request switch
    {
        CreateFile create => StepsOf(create),
        SyncFile { File: MountedFile file } => [() => Sync(file)],
        TrimFile { File: MountedFile file, Length: var length } => [() => Cut(file, length), () => Sync(file)],
        PublishFile { File: MountedFile file, Name: var name } => [() => Sync(file), () => Rename(file, name), _folder.Sync],
        DeleteFile { Name: var name } => [() => _folder.Remove(name), _folder.Sync],
        _ => throw new NotSupportedException($"{request.GetType().Name} is no request of a disk."),
    };

    private IReadOnlyList<Action> StepsOf(CreateFile create)
    {
        var content = new FileContent();
        // A write of the head is one call, and a call that a crash comes into may have written any part of it.
        var cut = _random.Next(create.Head.Length + 1);
        return
        [
            () => _folder.Remove(create.Name),
            () => _folder.Link(create.Name, content),
            () => Reserve(content, create.ReserveBytes),
            () => WriteHead(content, 0, create.Head.Span[..cut]),
            () => WriteHead(content, cut, create.Head.Span[cut..]),
            () => Sync(content, create.Name),
            _folder.Sync,
        ];
    }

    // As posix_fallocate: all of it or an error.
    private void Reserve(FileContent content, long length)
    {
        if (length > content.Length && Capacity != long.MaxValue && length - content.Length > Capacity - UsedBytes)
            throw Full();
        content.Reserve(length);
    }

    private void WriteHead(FileContent content, int offset, ReadOnlySpan<byte> bytes)
    {
        var fitting = Fitting(content, offset, bytes.Length);
        Put(content, offset, bytes[..fitting]);
        if (fitting < bytes.Length)
            throw Full();
    }

    private void Cut(MountedFile file, long length)
    {
        file.ThrowIfClosed();
        ContentOf(file).Cut(length);
    }

    private void Rename(MountedFile file, string name)
    {
        if (_folder.Find(file.Name) is null)
            throw new FileNotFoundException($"Could not find file '{file.Name}'.", file.Name);
        _folder.Rename(file.Name, name);
    }

    private void Sync(MountedFile file)
    {
        file.ThrowIfClosed();
        Sync(ContentOf(file), file.Name);
    }

    private void Sync(FileContent content, string name)
    {
        if (_failingSync is { } prefix && name.StartsWith(prefix, StringComparison.Ordinal))
        {
            _failingSync = null;
            Counters.FailedSyncs++;
            if (Faults.ForgetsFailedSyncs)
                content.ForgetSync();
            throw new IOException($"fdatasync of {name} failed: Input/output error");
        }
        Counters.Syncs++;
        content.Sync();
    }
}
