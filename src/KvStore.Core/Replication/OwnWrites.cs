using KvStore.Core.Versioning;

namespace KvStore.Core.Replication;

/// <summary>
/// What this process's latest writes replaced: by this a mutation that comes late can be told from one that the writer had not seen.
/// Each write takes the one place that the hash of its key has, from whatever was there: what is no longer here is not judged.
/// </summary>
internal sealed class OwnWrites
{
    /// <summary>Writes remembered: those of a few milliseconds under load, which is how late mutations are. A power of two; 640 KiB.</summary>
    private const int Places = 1 << 14;

    private Place[] _places = [];

    /// <summary>Remembers a write.</summary>
    public void Add(ulong keyHash, VersionStamp version, VersionStamp replaced)
    {
        if (_places.Length == 0)
            _places = new Place[Places];
        _places[keyHash & (Places - 1)] = new Place(version, replaced);
    }

    /// <summary>What the write of this version replaced; false where it is not remembered.</summary>
    public bool TryGetReplaced(ulong keyHash, VersionStamp version, out VersionStamp replaced)
    {
        replaced = default;
        if (_places.Length == 0 || _places[keyHash & (Places - 1)].Version != version)
            return false;
        replaced = _places[keyHash & (Places - 1)].Replaced;
        return true;
    }

    // A version is never used twice, so it alone says which write it was.
    private readonly record struct Place(VersionStamp Version, VersionStamp Replaced);
}
