using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KvStore.Node.Disk;

/// <summary>
/// What .NET has no way to ask of Linux: fdatasync, fsync of a folder, blocks reserved as a part of the file, and which run of the
/// system this is. Elsewhere, and where the C library has another name, the nearest thing that .NET has.
/// </summary>
internal static partial class SystemCalls
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int Interrupted = 4;
    private const int NotSupported = 95;

    /// <summary>See random(4).</summary>
    private const string BootPath = "/proc/sys/kernel/random/boot_id";

    private static readonly bool HasLibrary = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc", typeof(SystemCalls).Assembly, null, out _);

    /// <summary>The kernel's id of its own run, a part that is enough to tell two apart; 0 where it gives none.</summary>
    public static ulong Boot()
    {
        try
        {
            return Guid.TryParse(File.ReadAllText(BootPath), out var id) ? BinaryPrimitives.ReadUInt64LittleEndian(id.ToByteArray()) : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Opens a folder so that it can be synced; null where folders need no sync.</summary>
    public static SafeFileHandle? OpenFolder(string path)
    {
        if (!HasLibrary)
            return null;
        var descriptor = open(path, ReadOnlyCloseOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Error("open", path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Makes the names in a folder survive the loss of power.</summary>
    public static void SyncFolder(SafeFileHandle? folder, string path)
    {
        if (folder is null)
            return;
        while (fsync(folder) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                throw Error("fsync", path, error);
        }
    }

    /// <summary>Makes a file's bytes survive the loss of power, and of its metadata what is needed to read them.</summary>
    public static void SyncData(SafeFileHandle file, string path)
    {
        if (!HasLibrary)
        {
            RandomAccess.FlushToDisk(file);
            return;
        }
        while (fdatasync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                throw Error("fdatasync", path, error);
        }
    }

    /// <summary>Gives a file this length, and the blocks for it: a later write within it does not find the disk full.</summary>
    public static void Reserve(SafeFileHandle file, string path, long bytes)
    {
        if (HasLibrary)
        {
            int error;
            do
                error = posix_fallocate(file, 0, bytes);
            while (error == Interrupted);
            if (error == 0)
                return;
            if (error != NotSupported)
                throw Error("posix_fallocate", path, error);
        }
        RandomAccess.SetLength(file, bytes);
    }

    private static IOException Error(string call, string path, int error) => new($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc")]
    private static partial int posix_fallocate(SafeFileHandle file, long offset, long length);
}
