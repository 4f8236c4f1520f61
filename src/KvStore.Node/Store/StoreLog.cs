using KvStore.Core.Replication;

namespace KvStore.Node.Store;

/// <summary>What the store says to its operator, in one place so that it reads as one voice.</summary>
internal sealed class StoreLog(ILoggingAdapter log, Replica replica)
{
    private bool _wasReady;
    private bool _wasTransferring;
    private long _diverged;
    private long _startedMs = replica.NowMs;

    public void Up(Member member) => log.Info("member up: {0}", member.Address);

    public void Removed(Member member) => log.Info("member removed: {0}", member.Address);

    public void Unreachable(Member member) => log.Warning("member unreachable: {0}; the others serve on", member.Address);

    public void Reachable(Member member) => log.Info("member reachable again: {0}", member.Address);

    public void ExecutorFailed(string command, Exception error) => log.Error(error, "executing {0} failed; its client was told so", command);

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
            log.Info("ready: serving {0} keys after {1} ms of loading", replica.Count, replica.NowMs - _startedMs);
        _wasReady = replica.Ready;
        if (replica.Counters.Diverged > _diverged)
        {
            _diverged = replica.Counters.Diverged;
            log.Error("{0} entries had equal versions and unequal contents, which must never be: please report it", _diverged);
        }
    }
}
