using System.Diagnostics.CodeAnalysis;
using KvStore.Actors.Event;

namespace KvStore.Actors.Membership;

/// <summary>
/// How the membership ends: what the phases of the coordinated shutdown wait for. A node says that it leaves, waits until the others
/// let it exit, and says that it has gone. Each phase has its time-out, so a node that finds nobody to agree with
/// ends all the same, and the failure detectors of the others notice.
/// </summary>
public sealed partial class Cluster
{
    // Of this incarnation: replaced by the daemon when another begins.
    private volatile TaskCompletionSource<Done> _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource<Done> _exiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource<Done> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards itself and the flag beside it: added to by any thread, emptied by the daemon.
    private readonly List<Action> _onRemoved = [];
    private bool _hasEnded;

    /// <summary>For the daemon: shows the new state, before any event that led there is published.</summary>
    internal void Show(ClusterView view)
    {
        _view = view;
        var status = view.IsTerminated ? MemberStatus.Removed : view.SelfMember.Status;
        if (view.IsTerminated || status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down)
            _leaving.TrySetResult(Done.Instance);
        if (view.IsTerminated || status is MemberStatus.Exiting or MemberStatus.Down)
            _exiting.TrySetResult(Done.Instance);
        if (view.IsTerminated)
            _gone.TrySetResult(Done.Instance);
    }

    /// <summary>For the daemon: this node was downed, and its next incarnation begins, in no cluster yet.</summary>
    internal void BeginAnew(ClusterView view)
    {
        _leaving.TrySetResult(Done.Instance);
        _exiting.TrySetResult(Done.Instance);
        _gone.TrySetResult(Done.Instance);
        _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _exiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_onRemoved)
            _hasEnded = false;
        _view = view;
    }

    /// <summary>For the daemon: what this node had to say has been said, whether it was let go or not.</summary>
    internal void HasSaidGoodbye() => _gone.TrySetResult(Done.Instance);

    /// <summary>For the daemon: the callbacks that are due now that the membership has ended; none the second time.</summary>
    internal Action[] TakeRemovedCallbacks()
    {
        lock (_onRemoved)
        {
            _hasEnded = true;
            Action[] callbacks = [.. _onRemoved];
            _onRemoved.Clear();
            return callbacks;
        }
    }

    internal void Run(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception e)
        {
            System.Log.Error(e, "A callback of the cluster failed");
        }
    }

    private void AddShutdownTasks(CoordinatedShutdown shutdown)
    {
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", () => After(_leaving, new ClusterCommand.Leave(SelfAddress)));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterExiting, "wait-exiting", () => After(_exiting, command: null));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", () => After(_gone, new ClusterCommand.CompleteExiting()));
    }

    [SuppressMessage("Usage", "VSTHRD003", Justification = "Handed to the shutdown, which waits with a time-out; no actor does.")]
    private Task<Done> After(TaskCompletionSource<Done> end, ClusterCommand? command)
    {
        var view = _view;
        // Also to one that is in no cluster: it may be about to join one again.
        if (command is not null && !view.IsTerminated)
            _daemon.Tell(command, ActorRefs.NoSender);
        return view is { IsMember: true, IsTerminated: false } ? end.Task : Task.FromResult(Done.Instance);
    }
}
