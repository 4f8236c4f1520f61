using KvStore.Core.Log;

namespace KvStore.Simulator.Disk;

/// <content>Damage of the medium, which no crash explains.</content>
internal sealed partial class SimulatedDisk
{
    /// <summary>One bit of so many is flipped in the zeros behind the data, where there are any.</summary>
    private const int ReservedOneIn = 16;

    /// <summary>The bits that were flipped in files that are still there; that of a byte that was written again since is among them.</summary>
    public IEnumerable<DiskRot> Damage => _folder.Names.SelectMany(name => _folder.Find(name)!.Rots);

    /// <summary>
    /// Flips a random bit of a random file, at a place that was synced and not written since. Whoever reads it from here on sees it.
    /// </summary>
    /// <returns>Where; null when nothing is synced, or chance found no such place.</returns>
    public DiskRot? Rot()
    {
        var files = _folder.Synced.ToArray();
        if (files.Length == 0)
            return null;
        var inReserve = _random.Next(ReservedOneIn) == 0;
        var first = _random.Next(files.Length);
        for (var i = 0; i < files.Length; i++)
        {
            var (name, content) = files[(first + i) % files.Length];
            if (content.DrawSynced(_random, inReserve) is not { } offset)
                continue;
            var place = inReserve ? RotPlace.Reserved : offset < LogHeader.Size ? RotPlace.Header : RotPlace.Data;
            var rot = new DiskRot(name, offset, _random.Next(8), place);
            content.Flip(rot);
            Counters.RottenBits++;
            return rot;
        }
        return null;
    }
}
