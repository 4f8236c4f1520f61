using KvStore.Core.Replication;

namespace KvStore.Node.Store;

/// <content>What the replica asked for: the log first, then messages and replies that build on it.</content>
public sealed partial class StoreActor
{
    // What promises something that is not written yet, for the milliseconds in which the log changes files.
    private readonly List<Effect> _postponed = [];

    private void CarryOut()
    {
        var outbox = _replica.Outbox;
        var isWritten = _disk is null || _disk.Write(outbox.Items);
        if (isWritten)
            SendPostponed();
        foreach (var effect in outbox.Effects)
        {
            if (effect.AfterWrite && !isWritten)
                _postponed.Add(effect);
            else
                Send(effect);
        }
        outbox.Clear();
        if (_disk is not null)
            Settle(_disk, isWritten);
        if (_replica.NeedsFlush && !_flushIsQueued && _disk?.DefersFlush != true)
        {
            _flushIsQueued = true;
            _self.Tell(Flush.Instance, _self);
        }
    }

    private void Settle(StoreDisk disk, bool isWritten)
    {
        if (!isWritten && disk.Refusal is { } refusal)
        {
            // Nobody knows when there will be space. What was published meanwhile is a gap for the peers, and refilled from the backlog.
            _postponed.Clear();
            _held.Abandon(refusal, keepsReads: disk.AnswersReads);
        }
        disk.SyncIfDue();
        disk.SnapshotIfDue();
        _held.Release(disk.Answerable, mayContinue: disk.AnswersOnItsTurn);
    }

    private void SendPostponed()
    {
        foreach (var effect in _postponed)
            Send(effect);
        _postponed.Clear();
    }

    private void Send(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Publish:
                _mediator.Tell(new Publish(MutationsTopic, effect.Message), _self);
                break;
            case EffectKind.Send:
                _peers.Send(effect.Replica, effect.Message, _self);
                break;
            default:
                _peers.Broadcast(effect.Message, _self);
                break;
        }
    }
}
