namespace KvStore.Core.Replication;

/// <summary>How an effect leaves.</summary>
public enum EffectKind : byte
{
    /// <summary>To every replica that has subscribed: fast, at most once.</summary>
    Publish,

    /// <summary>To one replica.</summary>
    Send,

    /// <summary>To every member, whether it has subscribed or not.</summary>
    Broadcast,
}

/// <summary>One message that the replica wants sent.</summary>
/// <param name="Kind">How.</param>
/// <param name="Replica">To whom, for <see cref="EffectKind.Send"/>.</param>
/// <param name="Message">What.</param>
public readonly record struct Effect(EffectKind Kind, ulong Replica, PeerMessage Message);

/// <summary>
/// What the replica wants done, in order. Its owner carries the effects out after every turn and clears it; the list is
/// reused. It is bounded by what one turn can produce, since every turn ends with a drain.
/// </summary>
public sealed class Outbox
{
    private readonly List<Effect> _effects = [];

    /// <summary>The effects since the last <see cref="Clear"/>.</summary>
    public IReadOnlyList<Effect> Effects => _effects;

    /// <summary>Forgets them.</summary>
    public void Clear() => _effects.Clear();

    internal void Publish(PeerMessage message) => _effects.Add(new Effect(EffectKind.Publish, 0, message));

    internal void Send(ulong replica, PeerMessage message) => _effects.Add(new Effect(EffectKind.Send, replica, message));

    internal void Broadcast(PeerMessage message) => _effects.Add(new Effect(EffectKind.Broadcast, 0, message));
}
