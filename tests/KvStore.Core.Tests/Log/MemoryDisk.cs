using KvStore.Core.Log;

namespace KvStore.Core.Tests.Log;

/// <summary>
/// A data folder in memory. Requests wait until the test runs them. Every file remembers what was synced, and what was written since
/// write by write, so that a crash can lose, tear or scramble exactly that.
/// </summary>
internal sealed class MemoryDisk : IDisk
{
    public const int SectorBytes = 16;

    private readonly SortedDictionary<string, Content> _files = new(StringComparer.Ordinal);
    private readonly Queue<DiskRequest> _requests = [];

    public Action<DiskDone>? Completed { get; set; }

    /// <summary>A loss of power is followed by another run of the system.</summary>
    public ulong Boot { get; set; } = 1;

    public IReadOnlyList<string> Files => [.. _files.Keys];

    /// <summary>Bytes that all files together may have.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Thrown by the next sync of a file whose name begins with this.</summary>
    public string? FailSyncOf { get; set; }

    public int Syncs { get; private set; }

    public IReadOnlyCollection<DiskRequest> Requests => _requests;

    public IDiskFile Open(string name) =>
        _files.TryGetValue(name, out var content) ? new OpenFile(this, name, content) : throw new FileNotFoundException(name);

    public void Submit(DiskRequest request) => _requests.Enqueue(request);

    /// <summary>Carries out the next request, if there is one.</summary>
    public bool RunOne()
    {
        if (!_requests.TryDequeue(out var request))
            return false;
        IDiskFile? file = null;
        Exception? error = null;
        try
        {
            file = CarryOut(request);
        }
        catch (IOException e)
        {
            error = e;
        }
        Completed?.Invoke(new DiskDone(request, file, error));
        return true;
    }

    public void Run()
    {
        while (RunOne())
        {
        }
    }

    public byte[] Read(string name) => [.. _files[name].Bytes];

    public void Put(string name, byte[] bytes) => _files[name] = new Content(bytes);

    public void Remove(string name) => _files.Remove(name);

    public void Rename(string name, string to)
    {
        _files.Remove(name, out var content);
        _files[to] = content!;
    }

    /// <summary>The folder as it is: what kill -9 leaves.</summary>
    public MemoryDisk Killed()
    {
        var disk = new MemoryDisk { Boot = Boot };
        foreach (var (name, content) in _files)
            disk._files[name] = new Content([.. content.Bytes]);
        LeaveCreation(disk, random: null);
        return disk;
    }

    /// <summary>Power is lost: of what was not synced the first writes survive, the last of them in part.</summary>
    public MemoryDisk PowerLost(Random random) => Lose(random, static (bytes, writes, random) =>
    {
        var kept = random.Next(writes.Count + 1);
        for (var i = 0; i < kept; i++)
            bytes = Overwrite(bytes, writes[i], i == kept - 1 ? random.Next(writes[i].Bytes.Length + 1) : writes[i].Bytes.Length);
        return bytes;
    });

    /// <summary>Power is lost: of what was not synced any writes survive, or any sectors of them.</summary>
    public MemoryDisk PowerLostOutOfOrder(Random random) => Lose(random, static (bytes, writes, random) =>
    {
        foreach (var write in writes)
        {
            var (isWhole, isLost) = (random.Next(2) == 0, random.Next(2) == 0);
            for (var at = 0; at < write.Bytes.Length; at += SectorBytes)
            {
                if (isWhole ? !isLost : random.Next(2) == 0)
                    bytes = Overwrite(bytes, new Change(write.Offset + at, write.Bytes[at..Math.Min(at + SectorBytes, write.Bytes.Length)]), int.MaxValue);
            }
        }
        return bytes;
    });

    /// <summary>Power is lost, and with it exactly these of the writes to each file that were not synced, counted from 0.</summary>
    public MemoryDisk PowerLost(params int[] lost) => Lose(new Random(0), (bytes, writes, _) =>
        writes.Where((_, i) => !lost.Contains(i)).Aggregate(bytes, static (left, write) => Overwrite(left, write, int.MaxValue)));

    public void Close()
    {
    }

    public void Dispose()
    {
    }

    private MemoryDisk Lose(Random random, Func<byte[], List<Change>, Random, byte[]> lose)
    {
        var disk = new MemoryDisk { Boot = Boot + 1 };
        foreach (var (name, content) in _files)
            disk._files[name] = new Content(lose([.. content.Synced], content.Unsynced, random));
        LeaveCreation(disk, random);
        return disk;
    }

    // The request at the head of the queue may have been under way.
    private void LeaveCreation(MemoryDisk disk, Random? random)
    {
        if (random?.Next(2) != 0 || !_requests.TryPeek(out var request) || request is not CreateFile create)
            return;
        var bytes = new byte[random.Next(2) == 0 ? create.Head.Length : create.ReserveBytes];
        if (bytes.Length >= create.Head.Length)
            create.Head.Span[..random.Next(create.Head.Length + 1)].CopyTo(bytes);
        disk._files[create.Name] = new Content(bytes);
    }

    private static byte[] Overwrite(byte[] bytes, Change change, int length)
    {
        length = Math.Min(length, change.Bytes.Length);
        if (bytes.Length < change.Offset + length)
            Array.Resize(ref bytes, (int)change.Offset + length);
        change.Bytes.AsSpan(0, length).CopyTo(bytes.AsSpan((int)change.Offset));
        return bytes;
    }

    private IDiskFile? CarryOut(DiskRequest request)
    {
        switch (request)
        {
            case CreateFile create:
                _files.Remove(create.Name);
                var length = Math.Max(create.ReserveBytes, create.Head.Length);
                if (Free < length)
                    throw new IOException("No space left on device");
                var bytes = new byte[length];
                create.Head.Span.CopyTo(bytes);
                _files[create.Name] = new Content(bytes);
                return Open(create.Name);
            case SyncFile sync:
                Sync((OpenFile)sync.File);
                return null;
            case PublishFile publish:
                Sync((OpenFile)publish.File);
                Rename(publish.File.Name, publish.Name);
                return null;
            case TrimFile trim:
                var trimmed = ((OpenFile)trim.File).Content;
                trimmed.Bytes = trimmed.Bytes[..(int)trim.Length];
                trimmed.Sync();
                return null;
            case DeleteFile delete:
                _files.Remove(delete.Name);
                return null;
            default:
                throw new NotSupportedException();
        }
    }

    private void Sync(OpenFile file)
    {
        if (FailSyncOf is { } prefix && file.Name.StartsWith(prefix, StringComparison.Ordinal))
        {
            FailSyncOf = null;
            throw new IOException("Input/output error");
        }
        file.Content.Sync();
        Syncs++;
    }

    private long Free => Capacity - _files.Values.Sum(static f => (long)f.Bytes.Length);

    private sealed record Change(long Offset, byte[] Bytes);

    private sealed class Content(byte[] bytes)
    {
        public byte[] Bytes = bytes;

        public byte[] Synced { get; private set; } = [.. bytes];

        public List<Change> Unsynced { get; } = [];

        public void Sync()
        {
            Synced = [.. Bytes];
            Unsynced.Clear();
        }
    }

    private sealed class OpenFile(MemoryDisk disk, string name, Content content) : IDiskFile
    {
        public string Name => name;

        public Content Content => content;

        public long Length => content.Bytes.Length;

        public int Read(long offset, Span<byte> destination)
        {
            var count = (int)Math.Clamp(content.Bytes.Length - offset, 0, destination.Length);
            content.Bytes.AsSpan((int)Math.Min(offset, content.Bytes.Length), count).CopyTo(destination);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var fits = (int)Math.Min(bytes.Length, Math.Max(0, content.Bytes.Length - offset) + Math.Min(disk.Free, int.MaxValue));
            var change = new Change(offset, bytes[..fits].ToArray());
            if (fits > 0)
            {
                content.Bytes = Overwrite(content.Bytes, change, fits);
                content.Unsynced.Add(change);
            }
            if (fits < bytes.Length)
                throw new IOException("No space left on device");
        }

        public void Dispose()
        {
        }
    }
}
