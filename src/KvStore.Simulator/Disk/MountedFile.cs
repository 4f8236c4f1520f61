using KvStore.Core.Log;

namespace KvStore.Simulator.Disk;

/// <summary>A file that a process has opened. When the process has ended it ignores writes, and says nothing of it.</summary>
internal sealed class MountedFile(DiskMount mount, string name, FileContent content) : IDiskFile
{
    /// <inheritdoc/>
    public string Name { get; set; } = name;

    /// <summary>What it has, for the disk.</summary>
    public FileContent Content => content;

    /// <summary>True from its disposal on.</summary>
    public bool IsClosed { get; private set; }

    /// <inheritdoc/>
    public long Length
    {
        get
        {
            ThrowIfClosed();
            return content.Length;
        }
    }

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        ThrowIfClosed();
        return content.Read(offset, destination);
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (mount.IsDead)
            return;
        ThrowIfClosed();
        mount.Disk.Write(content, offset, bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => IsClosed = true;

    /// <summary>Throws when it is closed and its process has not ended.</summary>
    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(IsClosed && !mount.IsDead, this);
}
