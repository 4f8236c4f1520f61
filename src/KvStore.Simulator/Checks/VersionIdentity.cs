using KvStore.Core.Versioning;

namespace KvStore.Simulator.Checks;

/// <summary>
/// One version is one key, one value and one expiry, for ever: over restarts, clocks that step and machines that are copies of each
/// other. Replicas that hold the same version are taken to hold the same entry, and never compare more.
/// </summary>
internal sealed class VersionIdentity(RunView view) : Invariant(view)
{
    private readonly Dictionary<VersionStamp, Written> _known = [];

    public override string Name => "version identity";

    public override void OnAccepted(Written written)
    {
        if (!_known.TryAdd(written.Version, written))
            Fail($"{written} has the version of {_known[written.Version]}");
    }
}
