using KvStore.Simulator.Faults;

namespace KvStore.Simulator;

/// <summary>How often each fault and each path of the product was taken: what was never hit was not tested.</summary>
internal sealed class Coverage
{
    private const string FaultPrefix = "fault ";

    private readonly SortedDictionary<string, long> _hits = new(StringComparer.Ordinal);

    /// <summary>What was hit, and how often, in ordinal order.</summary>
    public IReadOnlyDictionary<string, long> Hits => _hits;

    /// <summary>How many faults happened.</summary>
    public long Faults => _hits.Where(static hit => hit.Key.StartsWith(FaultPrefix, StringComparison.Ordinal)).Sum(static hit => hit.Value);

    /// <summary>What the declared targets call a fault.</summary>
    public static string NameOf(FaultKind fault) => FaultPrefix + fault;

    /// <summary>How often a path was taken.</summary>
    public long Of(string path) => _hits.GetValueOrDefault(path);

    /// <summary>Counts a fault.</summary>
    public void Hit(FaultKind fault) => Hit(NameOf(fault));

    /// <summary>Counts a path.</summary>
    public void Hit(string path, long times = 1) => _hits[path] = _hits.GetValueOrDefault(path) + times;

    /// <summary>Adds what another run hit.</summary>
    public void Add(Coverage other)
    {
        foreach (var (path, times) in other._hits)
            Hit(path, times);
    }
}
