using System.Text;
using KvStore.Core.Replication;
using KvStore.Core.Versioning;

namespace KvStore.Simulator.Checks;

/// <summary>What the ledger has taken down, found by key and by version.</summary>
internal sealed class KeyHistories
{
    private readonly List<KeyHistory> _keys = [];
    private readonly Dictionary<string, KeyHistory> _byText = new(StringComparer.Ordinal);
    private readonly Dictionary<VersionStamp, Written> _byVersion = [];

    /// <summary>All keys that were ever written, in the order of their first writes.</summary>
    public IReadOnlyList<KeyHistory> All => _keys;

    /// <summary>Takes in what was accepted. What has a version that is known already adds nothing.</summary>
    public void Add(Written written)
    {
        if (_byVersion.TryAdd(written.Version, written) && written.Kind != RecordKind.Floor)
            Of(written.Key).Add(written);
    }

    /// <summary>What carries a version; null when it was never seen to be accepted.</summary>
    public Written? Find(VersionStamp version) => _byVersion.GetValueOrDefault(version);

    /// <summary>The history of a key; null when nothing was ever written to it.</summary>
    public KeyHistory? Find(string key) => _byText.GetValueOrDefault(key);

    /// <summary>The history of a key that was written.</summary>
    public KeyHistory Of(string key)
    {
        if (_byText.TryGetValue(key, out var history))
            return history;
        history = new KeyHistory(_keys.Count, key, Encoding.UTF8.GetBytes(key));
        _keys.Add(history);
        _byText.Add(key, history);
        return history;
    }
}
