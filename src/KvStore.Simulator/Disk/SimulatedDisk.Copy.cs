using KvStore.Core.Log;

namespace KvStore.Simulator.Disk;

/// <content>What a crash would leave, for checks: it is tried on a copy, with a random of the check's own, so that the run goes on as if nobody had looked.</content>
internal sealed partial class SimulatedDisk
{
    private DiskRequest? _inherited;

    // In a copy: what the files that the inherited request speaks of are here.
    private Dictionary<FileContent, FileContent>? _copies;

    /// <summary>
    /// A disk with the same content, that what was not synced and the request under way included; no process has it. It has no time: it is
    /// for <see cref="Kill"/>, <see cref="CutPower"/>, <see cref="Mount"/> and reading, and a request that is submitted to it throws.
    /// </summary>
    /// <param name="random">Draws what its crashes leave.</param>
    public SimulatedDisk Clone(Random random)
    {
        var copies = new Dictionary<FileContent, FileContent>(ReferenceEqualityComparer.Instance);
        return new SimulatedDisk(random, Faults, static (_, _) => throw new InvalidOperationException("A copy of a disk is for reading."))
        {
            Capacity = Capacity,
            Boot = Boot,
            _folder = _folder.Clone(copies),
            _identity = _identity,
            _failingSync = _failingSync,
            _inherited = _mount?.UnderWay ?? _inherited,
            _copies = copies,
        };
    }

    /// <summary>What a process would find if this one were killed now.</summary>
    public IDisk AfterKill(Random random)
    {
        var copy = Clone(random);
        copy.Kill();
        return copy.Mount();
    }

    /// <summary>What a process would find if the power were cut now.</summary>
    /// <param name="random">Draws what is left to chance.</param>
    /// <param name="loss">What is lost; drawn from the faults when it is not given.</param>
    public IDisk AfterPowerCut(Random random, PowerLoss? loss = null)
    {
        var copy = Clone(random);
        copy.CutPower(loss);
        return copy.Mount();
    }

    // A file that was deleted and is still open has no copy, and what becomes of it shows nowhere.
    private FileContent ContentOf(MountedFile file) => _copies is null ? file.Content : _copies.GetValueOrDefault(file.Content) ?? file.Content.Clone();
}
