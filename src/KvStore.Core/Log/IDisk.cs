namespace KvStore.Core.Log;

/// <summary>
/// One data folder with one owner; it holds the folder's exclusive lock until it is closed. What may take long is submitted
/// and completes later; everything else is on the caller's turn. Disposing closes it, and waits for the end.
/// </summary>
public interface IDisk : IDisposable
{
    /// <summary>The names of the files that are there at the moment, in ordinal order.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>
    /// Tells one run of the machine's system from another: power was lost between two of them if ever. 0 where nobody knows.
    /// </summary>
    ulong Boot { get; }

    /// <summary>
    /// Called once for every request that was submitted, on another thread or in virtual time: the owner turns it into a message.
    /// Set before the first <see cref="Submit"/>.
    /// </summary>
    Action<DiskDone>? Completed { get; set; }

    /// <summary>Opens a file that exists, to read and to write.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    IDiskFile Open(string name);

    /// <summary>Queues a request; requests are carried out in the order of their submission, off the caller's thread.</summary>
    void Submit(DiskRequest request);

    /// <summary>
    /// Takes no more requests, and gives the folder back when those that were submitted are carried out. Does not wait for that.
    /// </summary>
    void Close();
}

/// <summary>An open file.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>Its name in the folder.</summary>
    string Name { get; }

    /// <summary>Bytes, reserved ones included.</summary>
    long Length { get; }

    /// <summary>Reads at <paramref name="offset"/>; how many bytes, fewer than asked for only where the file ends.</summary>
    /// <exception cref="IOException">The device can't read them.</exception>
    int Read(long offset, Span<byte> destination);

    /// <summary>
    /// write(2): the bytes are safe from the end of the process, and not from the loss of power. When it throws, a part of
    /// them may have been written.
    /// </summary>
    /// <exception cref="IOException">The disk is full, or the device failed.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);
}

/// <summary>
/// What a disk does off its owner's thread. A request is known by its reference: the one that was submitted comes back in
/// <see cref="DiskDone"/>.
/// </summary>
public abstract record DiskRequest;

/// <summary>
/// Creates a file in place of whatever has the name, reserves its blocks, writes the head, and syncs file and folder. When it
/// fails, nothing of the name is left if that could be helped. <see cref="DiskDone.File"/> is the open file.
/// </summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Head">Its first bytes; not changed until the request is done.</param>
/// <param name="ReserveBytes">The length that it gets, zeros behind the head; 0 for just the head.</param>
public sealed record CreateFile(string Name, ReadOnlyMemory<byte> Head, long ReserveBytes) : DiskRequest;

/// <summary>fdatasync: what was written before the request is carried out survives the loss of power.</summary>
/// <param name="File">An open file.</param>
public sealed record SyncFile(IDiskFile File) : DiskRequest;

/// <summary>Syncs the file, gives it another name atomically in place of what has it, and syncs the folder.</summary>
/// <param name="File">An open file.</param>
/// <param name="Name">Its new name.</param>
public sealed record PublishFile(IDiskFile File, string Name) : DiskRequest;

/// <summary>Cuts what is behind a length, and gives its blocks back.</summary>
/// <param name="File">An open file.</param>
/// <param name="Length">Its new length, in bytes; not greater than it is.</param>
public sealed record TrimFile(IDiskFile File, long Length) : DiskRequest;

/// <summary>Removes a file, and syncs the folder. One that is not there is no error.</summary>
/// <param name="Name">Its name in the folder.</param>
public sealed record DeleteFile(string Name) : DiskRequest;

/// <summary>The end of a request.</summary>
/// <param name="Request">The very object that was submitted.</param>
/// <param name="File">The file that was created.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record DiskDone(DiskRequest Request, IDiskFile? File, Exception? Error);
