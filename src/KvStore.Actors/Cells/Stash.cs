namespace KvStore.Actors;

/// <summary>An actor that can put messages aside; the engine sets <c>Stash</c> before the constructor's body runs.</summary>
public interface IWithUnrestrictedStash
{
    /// <summary>The actor's stash.</summary>
    IStash Stash { get; set; }
}

/// <summary>The usual stash.</summary>
public interface IWithStash : IWithUnrestrictedStash;

/// <summary>A stash without a bound, which is what every stash here is.</summary>
public interface IWithUnboundedStash : IWithUnrestrictedStash;

/// <summary>Messages put aside until the actor can handle them; they come back ahead of the mailbox, in their order.</summary>
public interface IStash
{
    /// <summary>How many messages are put aside.</summary>
    int Count { get; }

    /// <summary>True when there are none.</summary>
    bool IsEmpty { get; }

    /// <summary>True when there are some.</summary>
    bool NonEmpty { get; }

    /// <summary>Puts the current message aside.</summary>
    /// <exception cref="IllegalActorStateException">It is put aside already.</exception>
    void Stash();

    /// <summary>Brings the oldest message back.</summary>
    void Unstash();

    /// <summary>Brings all back.</summary>
    void UnstashAll();

    /// <summary>Brings back those that match and drops the rest.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Empties the stash and returns what was in it.</summary>
    IEnumerable<Envelope> ClearStash();
}

/// <summary>The stash of one actor; used on its turn only.</summary>
internal sealed class ActorStash(ActorCell cell) : IStash
{
    private List<Envelope> _stashed = [];
    private long _lastStashedTurn = -1;

    public int Count => _stashed.Count;

    public bool IsEmpty => _stashed.Count == 0;

    public bool NonEmpty => _stashed.Count > 0;

    public void Stash()
    {
        var message = cell.CurrentMessage ?? throw new IllegalActorStateException("There is no message to stash.");
        if (_lastStashedTurn == cell.Turn)
            throw new IllegalActorStateException($"Can't stash the same message {message} more than once");
        _lastStashedTurn = cell.Turn;
        _stashed.Add(new Envelope(message, cell.SenderOrNull));
    }

    public void Unstash()
    {
        if (_stashed.Count == 0)
            return;
        cell.Mailbox.Prepend([_stashed[0]]);
        _stashed.RemoveAt(0);
    }

    public void UnstashAll()
    {
        if (_stashed.Count > 0)
            cell.Mailbox.Prepend(Take());
    }

    public void UnstashAll(Func<Envelope, bool> predicate) => cell.Mailbox.Prepend([.. Take().Where(predicate)]);

    public IEnumerable<Envelope> ClearStash() => Take();

    private List<Envelope> Take()
    {
        var taken = _stashed;
        _stashed = [];
        return taken;
    }
}
