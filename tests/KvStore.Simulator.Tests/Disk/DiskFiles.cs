using KvStore.Core.Log;
using KvStore.Simulator.Disk;

namespace KvStore.Simulator.Tests.Disk;

/// <summary>A disk, its time, and what has been completed: requests by hand.</summary>
internal sealed class DiskFiles
{
    public DiskFiles(DiskFaults? faults = null, int seed = 1)
    {
        Disk = new SimulatedDisk(new Random(seed), faults ?? DiskFaults.None, Time.Later);
        Mount = null!;
        Remount();
    }

    public DiskTime Time { get; } = new();

    public SimulatedDisk Disk { get; }

    public IDisk Mount { get; private set; }

    public List<DiskDone> Done { get; } = [];

    /// <summary>The content of a file, in hexadecimal.</summary>
    public static string Read(IDisk disk, string name)
    {
        using var file = disk.Open(name);
        var bytes = new byte[file.Length];
        file.Read(0, bytes).ShouldBe(bytes.Length);
        return Convert.ToHexString(bytes);
    }

    public string Read(string name) => Read(Mount, name);

    public void Remount()
    {
        Mount = Disk.Mount();
        Mount.Completed = Done.Add;
    }

    public IDiskFile Create(string name, int head = 0, long reserve = 0)
    {
        var bytes = new byte[head];
        Array.Fill(bytes, (byte)0xEE);
        return Complete(new CreateFile(name, bytes, reserve)).File!;
    }

    public DiskDone Complete(DiskRequest request)
    {
        Mount.Submit(request);
        Time.Run();
        Done[^1].Request.ShouldBeSameAs(request);
        return Done[^1];
    }
}
