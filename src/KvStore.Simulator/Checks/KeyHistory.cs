using KvStore.Core.Replication;

namespace KvStore.Simulator.Checks;

/// <summary>All that was ever written to one key, in the order in which it was taken down, which need not be that of the versions.</summary>
/// <param name="index">Of the key, from 0 in the order of the first writes.</param>
/// <param name="text">The key.</param>
/// <param name="bytes">The key.</param>
internal sealed class KeyHistory(int index, string text, byte[] bytes)
{
    private readonly List<Written> _writes = [];

    public int Index => index;

    public string Text => text;

    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Everything written to it.</summary>
    public IReadOnlyList<Written> Writes => _writes;

    public void Add(Written written) => _writes.Add(written);

    /// <summary>
    /// Whether a table that lacks the key may have forgotten what was there: that, or something newer, was a deletion or has
    /// expired, and is old enough to be collected.
    /// </summary>
    /// <param name="known">What was there.</param>
    /// <param name="collectedClock">Up to where tombstones are removed.</param>
    /// <param name="latestMs">The latest that any clock has shown.</param>
    public bool MayBeForgotten(Core.Versioning.VersionStamp known, ulong collectedClock, long latestMs)
    {
        // The newest are at the end, more or less.
        for (var i = _writes.Count - 1; i >= 0; i--)
        {
            var written = _writes[i];
            if (written.Version >= known && written.Version.Clock <= collectedClock && IsOver(written, latestMs))
                return true;
        }
        return false;
    }

    private static bool IsOver(Written written, long latestMs) =>
        written.Kind == RecordKind.Deleted || (written.ExpiresAtMs != 0 && written.ExpiresAtMs <= latestMs);
}
