using KvStore.Core.Log;
using Microsoft.Win32.SafeHandles;

namespace KvStore.Node.Disk;

/// <summary>
/// A data folder on the machine's disk. It holds the folder's lock file from its creation until it is closed; one thread of its own
/// carries requests out, in order, and gives the folder back.
/// </summary>
public sealed class FileDisk : IDisk
{
    private const string LockName = "LOCK";

    private readonly FileStream _lock;
    private readonly SafeFileHandle? _folderHandle;
    private readonly Thread _thread;

    // Filled by the owner, emptied by the thread, both under its monitor. Bounded by its owner: LogWriter and SnapshotWriter have at
    // most one sync, creation and publication each under way, and one deletion for each file.
    private readonly Queue<DiskRequest> _requests = [];
    private bool _closed;

    /// <summary>Takes a folder, and creates it if it is not there.</summary>
    /// <exception cref="DataFolderException">It can't be created or written, or another process has it.</exception>
    public FileDisk(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Path.GetFullPath(folder);
        Try("created", CreateFolder);
        _lock = OpenLock();
        try
        {
            _folderHandle = SystemCalls.OpenFolder(Folder);
        }
        catch (IOException error)
        {
            _lock.Dispose();
            throw new DataFolderException($"The data folder {Folder} can't be opened: {error.Message}", error);
        }
        _thread = new Thread(Run) { Name = "kv-disk", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public ulong Boot { get; } = SystemCalls.Boot();

    /// <inheritdoc/>
    public Action<DiskDone>? Completed { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Files
    {
        get
        {
            string[] names = [.. Directory.EnumerateFiles(Folder).Select(static path => Path.GetFileName(path))];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
    }

    /// <inheritdoc/>
    public IDiskFile Open(string name) => new OpenFile(name, OpenHandle(name, FileMode.Open));

    /// <inheritdoc/>
    public void Submit(DiskRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_requests)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _requests.Enqueue(request);
            Monitor.Pulse(_requests);
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        lock (_requests)
        {
            _closed = true;
            Monitor.Pulse(_requests);
        }
    }

    /// <summary>Carries out what was submitted, gives the folder back, and waits until that is done.</summary>
    public void Dispose()
    {
        Close();
        // A completion may be what disposes; then the thread ends by itself.
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    /// <summary>Reads the folder's identity, or gives it one at its first start.</summary>
    /// <param name="fresh">Random: the replica id of a folder that has none.</param>
    /// <exception cref="DataFolderException">It can't be read or written, is damaged, or of a later version.</exception>
    public FolderIdentity Identify(ulong fresh) => FolderIdentity.ReadOrCreate(this, fresh);

    /// <summary>Writes a small file so that it is there wholly or not at all. Takes its time on the caller's thread: for the start.</summary>
    internal void WriteAtomically(string name, ReadOnlySpan<byte> bytes)
    {
        var temporary = name + LogFormat.Unfinished;
        using (var handle = OpenHandle(temporary, FileMode.Create))
        {
            RandomAccess.Write(handle, bytes, 0);
            RandomAccess.FlushToDisk(handle);
        }
        File.Move(PathOf(temporary), PathOf(name), overwrite: true);
        SystemCalls.SyncFolder(_folderHandle, Folder);
    }

    internal string PathOf(string name) => Path.Combine(Folder, name);

    // A folder that was created is itself a name in another one, which must survive the loss of power like those in it.
    private void CreateFolder()
    {
        var parents = new List<string>();
        for (var path = Folder; !Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent; path = parent)
            parents.Add(parent);
        Directory.CreateDirectory(Folder);
        foreach (var parent in parents)
        {
            using var handle = SystemCalls.OpenFolder(parent);
            SystemCalls.SyncFolder(handle, parent);
        }
    }

    private SafeFileHandle OpenHandle(string name, FileMode mode) =>
        File.OpenHandle(PathOf(name), mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private FileStream OpenLock()
    {
        FileStream? stream = null;
        Try("written", () => stream = new FileStream(PathOf(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        return stream!;
    }

    private void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (IOException error) when (IsSharingViolation(error))
        {
            throw new DataFolderException($"The data folder {Folder} is in use by another process.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The data folder {Folder} can't be {what}: {error.Message}", error);
        }
    }

    // EWOULDBLOCK of flock on Linux and macOS; ERROR_SHARING_VIOLATION.
    private static bool IsSharingViolation(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);

    private void Run()
    {
        while (Take() is { } request)
        {
            IDiskFile? file = null;
            Exception? failure = null;
            try
            {
                file = CarryOut(request);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                failure = error;
            }
            Completed?.Invoke(new DiskDone(request, file, failure));
        }
        _folderHandle?.Dispose();
        _lock.Dispose();
    }

    private DiskRequest? Take()
    {
        lock (_requests)
        {
            while (_requests.Count == 0)
            {
                if (_closed)
                    return null;
                Monitor.Wait(_requests);
            }
            return _requests.Dequeue();
        }
    }

    private OpenFile? CarryOut(DiskRequest request)
    {
        switch (request)
        {
            case CreateFile create:
                return Create(create);
            case SyncFile { File: OpenFile file }:
                SystemCalls.SyncData(file.Handle, file.Name);
                return null;
            case TrimFile { File: OpenFile file, Length: var length }:
                RandomAccess.SetLength(file.Handle, length);
                RandomAccess.FlushToDisk(file.Handle);
                return null;
            case PublishFile { File: OpenFile file, Name: var name }:
                RandomAccess.FlushToDisk(file.Handle);
                File.Move(PathOf(file.Name), PathOf(name), overwrite: true);
                file.Name = name;
                break;
            case DeleteFile { Name: var name }:
                File.Delete(PathOf(name));
                break;
            default:
                throw new NotSupportedException($"{request.GetType().Name} is no request of a disk.");
        }
        SystemCalls.SyncFolder(_folderHandle, Folder);
        return null;
    }

    private OpenFile Create(CreateFile create)
    {
        // Not truncated but removed: a file whose sync failed is never used again.
        File.Delete(PathOf(create.Name));
        var handle = OpenHandle(create.Name, FileMode.CreateNew);
        try
        {
            if (create.ReserveBytes > 0)
                SystemCalls.Reserve(handle, create.Name, create.ReserveBytes);
            RandomAccess.Write(handle, create.Head.Span, 0);
            RandomAccess.FlushToDisk(handle);
            SystemCalls.SyncFolder(_folderHandle, Folder);
            return new OpenFile(create.Name, handle);
        }
        catch
        {
            handle.Dispose();
            File.Delete(PathOf(create.Name));
            throw;
        }
    }

    /// <summary>Written and read by the owner's thread; synced, renamed and cut by the disk's.</summary>
    private sealed class OpenFile(string name, SafeFileHandle handle) : IDiskFile
    {
        private volatile string _name = name;

        public string Name
        {
            get => _name;
            set => _name = value;
        }

        public SafeFileHandle Handle => handle;

        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> destination)
        {
            var total = 0;
            while (total < destination.Length)
            {
                var count = RandomAccess.Read(handle, destination[total..], offset + total);
                if (count == 0)
                    break;
                total += count;
            }
            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Dispose() => handle.Dispose();
    }
}
