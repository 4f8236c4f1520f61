using KvStore.Core.Log;
using KvStore.Core.Replication;

namespace KvStore.Node.Store;

/// <summary>What the store says to its operator, in one place so that it reads as one voice.</summary>
internal sealed class StoreLog(ILoggingAdapter log, Replica replica, TimeProvider time)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>A machine is rebooted, and a node upgraded, in less; one that is away for longer may need somebody who decides.</summary>
    private static readonly TimeSpan LongAway = TimeSpan.FromMinutes(10);

    /// <summary>Often enough to be seen by whoever looks at the log, and seldom enough not to bury it.</summary>
    private static readonly TimeSpan AwayInterval = TimeSpan.FromHours(1);

    // When a replica, by its store, was last said to be away for long; within the interval, so it is bounded by the registry.
    private readonly Dictionary<ulong, long> _saidAway = [];

    private long _progressAt = time.GetTimestamp();
    private bool _wasBlocked;
    private bool _wasReady;
    private long _discards;
    private long _lost;
    private bool _wasTransferring;
    private long _diverged;
    private long _mismatches;
    private long _repaired;
    private long _shared;
    private bool _isShared;
    private long _startedMs = replica.NowMs;

    /// <summary>How long this node loaded before it served, its own data folder or a peer's data; −1 while it does.</summary>
    public long LoadingMs { get; private set; } = -1;

    public void Up(Member member) => log.Info("member up: {0}", member.Address);

    public void Removed(Member member) => log.Info("member removed: {0}", member.Address);

    public void Unreachable(Member member) => log.Warning("member unreachable: {0}; the others serve on", member.Address);

    public void Reachable(Member member) => log.Info("member reachable again: {0}", member.Address);

    public void ExecutorFailed(string command, Exception error) => log.Error(error, "executing {0} failed; its client was told so", command);

    /// <summary>Called as often as the recovery likes; says something once a second.</summary>
    public void Recovering(long bytesDone, long bytesTotal)
    {
        if (time.GetElapsedTime(_progressAt) < ProgressInterval)
            return;
        _progressAt = time.GetTimestamp();
        log.Info("recovering: {0} % of {1} MB", bytesDone * 100 / Math.Max(bytesTotal, 1), bytesTotal >> 20);
    }

    public void Recovered(RecoveryReport report, TimeSpan took, string folder)
    {
        foreach (var cut in report.Cuts)
            log.Warning("cut: {0}", cut);
        if (report.WasEmpty)
        {
            log.Info("recovered: nothing, {0} is new", folder);
            return;
        }
        // More arguments than Akka.NET's overloads of their own have go in an array.
        log.Info(
            "recovered from {0}: snapshot {1}, {2} segments, {3} entries and {4} mutations, {5} bytes in {6} ms, highest version {7}, {8}",
            [
                folder,
                report.Snapshot ?? "none",
                report.Segments,
                report.Entries,
                report.Mutations,
                report.Bytes,
                (long)took.TotalMilliseconds,
                replica.ClockReading,
                report.StoppedCleanly ? "stopped cleanly before" : "not stopped cleanly before",
            ]);
    }

    public void SnapshotPublished(long bytes, TimeSpan took) =>
        log.Info("snapshot published: {0} bytes in {1} ms; the log before it is deleted", bytes, (long)took.TotalMilliseconds);

    public void SnapshotFailed(string why) => log.Error("the snapshot failed: {0}; the log stays as long as it is until one succeeds", why);

    /// <summary>Says so when the log can't be written, and when it can again.</summary>
    public void Blocked(string? refusal)
    {
        if (refusal is not null && !_wasBlocked)
            log.Error("{0}", refusal);
        else if (refusal is null && _wasBlocked)
            log.Info("the log can be written again");
        _wasBlocked = refusal is not null;
    }

    /// <summary>Says what has changed since it last looked.</summary>
    public void Observe()
    {
        if (replica.IsTransferring && !_wasTransferring)
        {
            _startedMs = replica.NowMs;
            log.Info(replica.Ready ? "receiving what was missed from a peer" : "loading: receiving the data set from a peer");
        }
        _wasTransferring = replica.IsTransferring;
        if (replica.Ready && !_wasReady)
        {
            LoadingMs = replica.NowMs - _startedMs;
            log.Info("ready: serving {0} keys after {1} ms of loading", replica.Count, LoadingMs);
        }
        if (replica.Counters.Discards > _discards)
        {
            log.Warning(
                "this node gives up what it has and joins anew, because {0}; {1} of its writes had reached no peer, and those that had are lost too where the peers give up theirs",
                replica.DiscardReason ?? "it was forgotten",
                replica.Counters.Lost - _lost);
            (_discards, _lost) = (replica.Counters.Discards, replica.Counters.Lost);
        }
        _wasReady = replica.Ready;
        if (replica.Counters.Diverged > _diverged)
        {
            _diverged = replica.Counters.Diverged;
            log.Error("{0} entries had equal versions and unequal contents, which must never be: please report it", _diverged);
        }
        if (replica.Counters.DigestMismatches > _mismatches)
        {
            _mismatches = replica.Counters.DigestMismatches;
            log.Error("memory has changed by itself in {0} slots, the last of them {1}: check this machine's memory", _mismatches, replica.LastMismatchedSlot);
        }
        SuspectSlots(replica);
        AwayForLong();
    }

    private void AwayForLong()
    {
        foreach (var away in replica.AwaitedForCollection)
        {
            if (away.State != ReplicaState.Away || away.AwayMs < LongAway.TotalMilliseconds || (_saidAway.TryGetValue(away.Store, out var at) && time.GetElapsedTime(at) < AwayInterval))
                continue;
            foreach (var old in _saidAway.Where(s => time.GetElapsedTime(s.Value) >= AwayInterval).Select(static s => s.Key).ToList())
                _saidAway.Remove(old);
            _saidAway[away.Store] = time.GetTimestamp();
            log.Warning(
                "replica {0} (store {1:x}) has been away for {2} minutes, and {3} deleted keys must be remembered until it is back; if it is gone for good: kv forget {0}{4}; that means that writes which only it has are lost, and that it discards its data should it come back",
                [away.Name, away.Store, away.AwayMs / 60_000, replica.Tombstones, replica.Gateway.Length > 0 ? " --at " + replica.Gateway : ""]);
        }
    }

    private void SuspectSlots(Replica replica)
    {
        var counters = replica.Counters;
        if (counters.SuspectSlotsRepaired > _repaired)
        {
            _repaired = counters.SuspectSlotsRepaired;
            log.Warning("{0} slots that memory had changed have been compared with a peer's and are sound again, {1} entries were put right or removed; {2} are left", _repaired, counters.RottenEntries, replica.SuspectSlots.Count);
        }
        var isShared = replica.SuspectSlots.Count > 0 && counters.SuspectSlotsShared > _shared;
        if (isShared && !_isShared)
            log.Error("slots that memory has changed are suspect on a peer too, and can't be repaired from there; {0} are left, the first of them {1}", replica.SuspectSlots.Count, replica.SuspectSlots[0]);
        _isShared |= isShared;
        if (replica.SuspectSlots.Count == 0)
            (_isShared, _shared) = (false, counters.SuspectSlotsShared);
    }
}
