using KvStore.Core.Log;

namespace KvStore.Simulator.Disk;

/// <content>How processes end without having been asked.</content>
internal sealed partial class SimulatedDisk
{
    private Action? _crashed;

    /// <summary>
    /// kill -9 of the process that has the disk, if one has: what was written stays. The request under way is carried out wholly, up to
    /// one of its steps, or not at all; those behind it are not.
    /// </summary>
    public void Kill()
    {
        _crashed = null;
        if (_mount is { } mount)
        {
            mount.Die();
            _mount = null;
            Counters.Kills++;
            Counters.DroppedRequests += mount.Waiting;
            if (mount.UnderWay is { } request)
                Interrupt(request);
        }
        else if (_inherited is { } inherited)
        {
            _inherited = null;
            Interrupt(inherited);
        }
    }

    /// <summary>The power is cut, whether or not a process has the disk: it is killed, and what was not synced is lost as the faults say.</summary>
    /// <param name="loss">What is lost; drawn from the faults when it is not given.</param>
    /// <returns>What was lost.</returns>
    public PowerLoss CutPower(PowerLoss? loss = null)
    {
        Kill();
        Counters.PowerCuts++;
        Boot++;
        var drawn = loss ?? Faults.Losses[_random.Next(Faults.Losses.Count)];
        _folder.Lose(drawn, Faults, _random, Counters);
        return drawn;
    }

    /// <summary>
    /// The process that has the disk ends in the middle of its next write: a random part of the bytes is written, then
    /// <paramref name="crashed"/> is called, from which or after which <see cref="Kill"/> or <see cref="CutPower"/> must be called;
    /// the write returns as if all were well, and nothing that the process does afterwards reaches the disk. A kill before that disarms it.
    /// </summary>
    public void CrashDuringNextWrite(Action crashed) => _crashed = crashed;

    /// <summary>Takes <see cref="CrashDuringNextWrite"/> back, if that write has not come.</summary>
    /// <param name="crashed">What was passed; what has been armed since stays.</param>
    public void Disarm(Action crashed)
    {
        if (_crashed == crashed)
            _crashed = null;
    }

    /// <summary>The kernel writes back what was not synced, as it does of its own accord after some seconds: no power cut loses it any more.</summary>
    public void WriteBack() => _folder.WriteBack();

    private void CrashIn(FileContent content, long offset, ReadOnlySpan<byte> bytes)
    {
        var crashed = _crashed!;
        _crashed = null;
        Counters.CrashesInWrites++;
        Put(content, offset, bytes[.._random.Next(bytes.Length + 1)]);
        _mount?.Die();
        crashed();
    }

    private void Interrupt(DiskRequest request)
    {
        Counters.InterruptedRequests++;
        var steps = StepsOf(request);
        var count = _random.Next(steps.Count + 1);
        try
        {
            foreach (var step in steps.Take(count))
                step();
        }
        catch (IOException)
        {
            // It would have failed, and there is nobody to be told.
            return;
        }
        if (request is CreateFile create && count > 0 && _folder.Find(create.Name)?.Length < Math.Max(create.ReserveBytes, create.Head.Length))
            Counters.PartialCreations++;
        if (request is PublishFile && count == 1)
            Counters.PartialPublications++;
    }
}
