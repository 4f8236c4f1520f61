using KvStore.Core.Log;
using KvStore.Node.Disk;

namespace KvStore.Simulator.Disk;

/// <summary>
/// The disk of one machine: it survives its processes, and knows what would survive the loss of power. By aspect: this file is who
/// has it, what is written and how long that takes; Requests carries out what was submitted; Crashes ends processes; Copy shows what
/// a crash would leave; Rot damages.
/// </summary>
/// <remarks>
/// Files are pages in memory with an undo list of what was not synced. A disk, its processes and what it calls back are one thread's;
/// everything that is left to chance is drawn from the random that it was given, so that the same calls give the same disk.
/// </remarks>
internal sealed partial class SimulatedDisk
{
    private const string NoSpace = "No space left on device";

    /// <summary>About what the file with the identity takes.</summary>
    private const int IdentityBytes = 80;

    private readonly Random _random;
    private readonly Action<TimeSpan, Action> _later;
    private SimulatedFolder _folder = new();
    private DiskMount? _mount;
    private ulong? _identity;
    private int _stalls;

    /// <summary>An empty disk.</summary>
    /// <param name="random">Draws what is left to chance.</param>
    /// <param name="faults">How bad the disk is.</param>
    /// <param name="later">Runs an action after a delay in virtual time, and those of one time in the order of the calls.</param>
    public SimulatedDisk(Random random, DiskFaults faults, Action<TimeSpan, Action> later)
    {
        _random = random;
        _later = later;
        Faults = faults;
    }

    /// <summary>How bad it is from here on.</summary>
    public DiskFaults Faults { get; set; }

    /// <summary>How many bytes all files together may have. What is there stays when it is set below that.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>The bytes of all files, reserved ones included.</summary>
    public long UsedBytes => _folder.Bytes;

    /// <summary>Which run of the machine's system it is: a loss of power ends one.</summary>
    public ulong Boot { get; private set; } = 1;

    /// <summary>What has happened.</summary>
    public DiskCounters Counters { get; } = new();

    /// <summary>The names of the files, in ordinal order.</summary>
    public IReadOnlyList<string> Files => _folder.Names;

    /// <summary>True while it answers nothing.</summary>
    public bool IsStalled => _stalls > 0;

    /// <summary>True while a process has it, or had it and its end was not told by a kill or a power cut.</summary>
    public bool IsMounted => _mount is not null;

    /// <summary>Gives the disk to a process, until that disposes it or is killed.</summary>
    /// <exception cref="DataFolderException">Another process has it.</exception>
    public IDisk Mount()
    {
        if (_mount is not null)
            throw new DataFolderException("The simulated data folder is in use by another process.");
        return _mount = new DiskMount(this);
    }

    /// <summary>Whether the folder has its id, or the space for it.</summary>
    public bool CanBeIdentified => _identity is not null || Capacity - UsedBytes >= IdentityBytes;

    /// <summary>
    /// The id that outlives processes and power cuts: <paramref name="startId"/> from the first call on. As with a real folder it is
    /// synced, with its name, before it is returned.
    /// </summary>
    /// <exception cref="DataFolderException">There is none yet, and no space for it.</exception>
    public ulong Identify(ulong startId)
    {
        if (!CanBeIdentified)
            throw new DataFolderException($"The identity of the simulated data folder can't be written: {NoSpace}");
        return _identity ??= startId;
    }

    /// <summary>Takes everything away, and the process: the machine was replaced. What was set stays set.</summary>
    public void Wipe()
    {
        Kill();
        _folder = new SimulatedFolder();
        _identity = null;
    }

    /// <summary>Requests are not completed for a while; what is written on the process's own turn goes on. Stalls may overlap.</summary>
    public void Stall(TimeSpan duration)
    {
        _stalls++;
        Counters.Stalls++;
        _later(duration, EndStall);
    }

    internal FileContent? Find(string name) => _folder.Find(name);

    internal void Later(TimeSpan delay, Action action) => _later(delay, action);

    internal TimeSpan DrawLatency()
    {
        var ticks = _random.NextInt64(Faults.MinLatency.Ticks, Faults.MaxLatency.Ticks + 1);
        if (Faults.StallProbability > 0 && _random.NextDouble() < Faults.StallProbability)
        {
            Counters.Stalls++;
            ticks += _random.NextInt64(Faults.MaxStall.Ticks + 1);
        }
        return TimeSpan.FromTicks(ticks);
    }

    internal void Release() => _mount = null;

    internal void Write(FileContent content, long offset, ReadOnlySpan<byte> bytes)
    {
        var fitting = Fitting(content, offset, bytes.Length);
        if (_crashed is not null)
        {
            CrashIn(content, offset, bytes[..fitting]);
            return;
        }
        Put(content, offset, bytes[..fitting]);
        if (fitting < bytes.Length)
            throw Full();
    }

    private void Put(FileContent content, long offset, ReadOnlySpan<byte> bytes)
    {
        Counters.Writes++;
        Counters.BytesWritten += bytes.Length;
        content.Write(offset, bytes);
    }

    // What is reserved is there; only what makes the file longer needs space.
    private int Fitting(FileContent content, long offset, int count)
    {
        if (Capacity == long.MaxValue || offset + count <= content.Length)
            return count;
        var free = Math.Max(Capacity - UsedBytes, 0);
        return (int)Math.Clamp(content.Length + free - offset, 0, count);
    }

    private IOException Full()
    {
        Counters.FullWrites++;
        return new IOException(NoSpace);
    }

    private void EndStall()
    {
        _stalls--;
        if (!IsStalled)
            _mount?.Resume();
    }
}
