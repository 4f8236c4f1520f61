namespace KvStore.Simulator.Checks;

/// <summary>
/// Replicas that agree leave each other alone: what stores send each other at rest is what their intervals ask for, and no more.
/// </summary>
internal sealed class QuietAtRest(RunView view) : Invariant(view)
{
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    /// <summary>For this long it waits for the last values to expire; behind that it does not look.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Asked less often than this, something else was unsettled in between.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    private TimeSpan? _first;
    private TimeSpan _asked;
    private TimeSpan _from;
    private IReadOnlyDictionary<string, long> _before = new Dictionary<string, long>(StringComparer.Ordinal);
    private bool _isOver;

    public override string Name => "quiet at rest";

    public override string? WhatIsUnsettled()
    {
        if (_isOver)
            return null;
        _first ??= View.Now;
        var isInterrupted = View.Now - _asked > Pause;
        _asked = View.Now;
        var replicas = View.Cluster.Running.Select(static m => m.Process!.Replica!).ToList();
        if (replicas.Exists(static r => r.ExpiringCount > 0 || r.Tombstones > 0))
        {
            _isOver = View.Now - _first > Patience;
            _from = View.Now;
            _before = View.Cluster.Network.StoreMessages();
            return _isOver ? null : "values are still to expire, or to be collected";
        }
        if (isInterrupted)
        {
            _from = View.Now;
            _before = View.Cluster.Network.StoreMessages();
        }
        if (View.Now - _from < Watched)
            return "it is watched at rest";
        _isOver = true;
        View.Coverage.Hit("watched at rest");
        Judge(replicas.Count);
        return null;
    }

    private void Judge(int nodes)
    {
        var now = View.Cluster.Network.StoreMessages();
        var sent = now.ToDictionary(static m => m.Key, m => m.Value - _before.GetValueOrDefault(m.Key), StringComparer.Ordinal);
        var total = sent.Values.Sum();
        var bound = Bound(nodes, (long)(View.Now - _from).TotalMilliseconds, View.Plan.Replica.StatusIntervalMs, View.Plan.Replica.AntiEntropyIntervalMs);
        if (total > bound)
            Fail($"{total} messages between stores at rest, and {bound} are enough: {string.Join(", ", sent.OrderBy(static m => m.Key, StringComparer.Ordinal).Select(static m => $"{m.Value} {m.Key}"))}; {Progress.Describe(View)}");
    }

    /// <summary>How many messages replicas that agree need.</summary>
    internal static long Bound(int nodes, long durationMs, long statusIntervalMs, long antiEntropyIntervalMs)
    {
        var statuses = nodes * (nodes - 1) * ((durationMs / statusIntervalMs) + 1);
        // At rest a session is a question and an answer; an interval is shortened by up to a quarter.
        var sessions = antiEntropyIntervalMs == 0 ? 0 : (durationMs / (antiEntropyIntervalMs * 3 / 4)) + 1;
        return statuses + (2 * nodes * sessions) + (2 * nodes);
    }
}
