using KvStore.Core.Log;

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
/// <param name="AfterWrite">
/// It promises what the items before it hold: it may leave when they are written, and where they can't be it is dropped.
/// </param>
public readonly record struct Effect(EffectKind Kind, ulong Replica, PeerMessage Message, bool AfterWrite);

/// <summary>
/// What the replica wants done, in order. Its owner carries the effects out after every turn and clears it; the list is
/// reused. It is bounded by what one turn can produce, since every turn ends with a drain.
/// </summary>
public sealed class Outbox
{
    private readonly List<Effect> _effects = [];
    private readonly List<LogItem> _items = [];

    /// <summary>What must be written, before any effect that asks for it leaves.</summary>
    public IReadOnlyList<LogItem> Items => _items;

    /// <summary>The messages since the last <see cref="Clear"/>.</summary>
    public IReadOnlyList<Effect> Effects => _effects;

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        _effects.Clear();
        _items.Clear();
    }

    internal void Persist(LogItem item) => _items.Add(item);

    internal void Publish(PeerMessage message, bool afterWrite = false) => _effects.Add(new Effect(EffectKind.Publish, 0, message, afterWrite));

    internal void Send(ulong replica, PeerMessage message, bool afterWrite = false) =>
        _effects.Add(new Effect(EffectKind.Send, replica, message, afterWrite));

    internal void Broadcast(PeerMessage message) => _effects.Add(new Effect(EffectKind.Broadcast, 0, message, AfterWrite: false));
}
