using KvStore.Simulator.Faults;

namespace KvStore.Simulator;

/// <summary>How often each fault and each path of the product was taken: what was never hit was not tested.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, long> _hits = new(StringComparer.Ordinal);

    /// <summary>What was hit, and how often, in ordinal order.</summary>
    public IReadOnlyDictionary<string, long> Hits => _hits;

    /// <summary>Counts a fault.</summary>
    public void Hit(FaultKind fault) => Hit($"fault {fault}");

    /// <summary>Counts a path.</summary>
    public void Hit(string path, long times = 1) => _hits[path] = _hits.GetValueOrDefault(path) + times;

    /// <summary>Adds what another run hit.</summary>
    public void Add(Coverage other)
    {
        foreach (var (path, times) in other._hits)
            Hit(path, times);
    }
}
