using System.Collections.Concurrent;
using KvStore.Actors.Event;

namespace KvStore.Actors.Remoting;

/// <summary>What arrives, on the threads of the connections: each message goes straight into a mailbox.</summary>
internal sealed partial class TransportRemoting : ITransportHandler
{
    private readonly LogGate _undeserializable;
    private readonly LogGate _strangers;
    private readonly LogGate _quarantined;

    // Nodes that could not be reached since they were last; one line each is enough.
    private readonly ConcurrentDictionary<Address, bool> _failing = new();
    private volatile Door? _door;

    /// <summary>
    /// Hands all recipients that begin with <paramref name="prefix"/> to <paramref name="open"/>, which gets the rest: for one
    /// actor that is addressed under many names, so that a frame needs no envelope.
    /// </summary>
    internal void OpenDoor(string prefix, Func<string, ActorRefBase> open) => _door = new Door(prefix, open);

    void ITransportHandler.OnFrame(PeerIdentity from, scoped in InboundFrame frame)
    {
        if (!_isRunning)
            return;
        var standing = _incarnations.StandingOf(from);
        if (standing == Incarnations.Standing.Dead)
        {
            DropQuarantined(from, frame);
            return;
        }
        object message;
        try
        {
            message = _system.Serialization.Deserialize(frame.Payload.ToArray(), frame.SerializerId, frame.Manifest.Text)
                ?? throw new InvalidMessageException("The serializer made null of it.");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Counters.AddUndeserializable();
            if (_undeserializable.TryPass(out var more))
            {
                _log.Error(
                    "A message from {0} for {1} was dropped: serializer {2}, manifest '{3}', {4} bytes: {5}{6}",
                    [from.Address, frame.Recipient, frame.SerializerId, frame.Manifest, frame.Payload.Length, e.Message, more]);
            }
            return;
        }
        if (standing == Incarnations.Standing.Mute && message is not (IControlMessage or SystemMessage))
            DropQuarantined(from, frame);
        else
            Deliver(TargetOf(frame.Recipient), message, SenderOf(frame.Sender));
    }

    string? ITransportHandler.Objection(PeerIdentity peer)
    {
        if (_incarnations.StandingOf(peer) != Incarnations.Standing.Dead)
            return null;
        Counters.AddQuarantinedConnection();
        return $"another node has taken the address {peer.Address}; the one with the uid {peer.Uid} counts as dead";
    }

    void ITransportHandler.OnConnected(PeerIdentity peer, Lane lane, bool inbound)
    {
        if (!_isRunning)
            return;
        _failing.TryRemove(peer.Address, out _);
        _log.Debug("{0} connection {1} {2}, uid {3}", lane, inbound ? "from" : "to", peer.Address, peer.Uid);
        if (_incarnations.OnConnected(peer, inbound))
        {
            _log.Info("{0} was restarted, its uid is {1} now", peer.Address, peer.Uid);
            _system.AddressTerminations.Publish(peer.Address);
            // Who calls may only claim the address. Dialled anew, the one that is there says who it is.
            if (inbound && AssociationWith(peer.Address) is { Peer: { } answered } association && answered.Uid != peer.Uid)
                association.Disconnect("another incarnation has called from that address");
        }
    }

    void ITransportHandler.OnDisconnected(PeerIdentity peer, Lane lane, bool inbound, string reason)
    {
        if (_isRunning)
            _log.Debug("{0} connection {1} {2} ended: {3}", lane, inbound ? "from" : "to", peer.Address, reason);
    }

    void ITransportHandler.OnFailed(Address? remote, bool inbound, string reason)
    {
        if (!_isRunning)
            return;
        if (inbound)
        {
            if (_strangers.TryPass(out var more))
                _log.Warning("A connection from {0} was refused: {1}{2}", remote?.ToString() ?? "a stranger", reason, more);
        }
        else if (remote is not null && _failing.TryAdd(remote, true))
        {
            _log.Warning("{0} cannot be reached, and is tried again as long as there is something to send: {1}", remote, reason);
        }
    }

    private void DropQuarantined(PeerIdentity from, scoped in InboundFrame frame)
    {
        Counters.AddQuarantined();
        if (_quarantined.TryPass(out var more))
            _log.Warning("A message from {0}, uid {1}, for {2} was dropped: that incarnation is no longer in the cluster{3}", from.Address, from.Uid, frame.Recipient, more);
    }

    private static void Deliver(IInternalActorRef target, object message, IActorRef? sender)
    {
        switch (message)
        {
            case SystemMessage system:
                target.SendSystemMessage(system);
                break;
            case ActorSelectionMessage selection:
                ActorSelection.Deliver(target, selection, sender);
                break;
            default:
                target.Tell(message, sender);
                break;
        }
    }

    private IInternalActorRef TargetOf(WireName recipient)
    {
        // A name without a uid may mean another actor once this one has stopped.
        if (recipient.Resolved is IInternalActorRef known and not LocalActorRef { Cell.IsTerminated: true })
            return known;
        var target = Resolve(recipient.Text);
        // Who is not there yet may be there for the next message; the reference of an ask is told one.
        recipient.Resolved = target is LocalActorRef or not EmptyLocalActorRef ? target : null;
        return target;
    }

    private IInternalActorRef Resolve(string text)
    {
        if (_door is { } door && text.StartsWith(door.Prefix, StringComparison.Ordinal))
            return door.Open(text[door.Prefix.Length..]);
        var provider = _system.Provider.Impl;
        if (!ActorPath.TryParse(text, out var path))
            return provider.DeadLettersRef;
        // What is for somebody else is not passed on: nobody asked this node to be a relay.
        return (IInternalActorRef)(provider.IsOwn(path.Address) ? provider.ResolveActorRef(path) : provider.Missing(path));
    }

    private IActorRef? SenderOf(WireName? sender)
    {
        if (sender is null)
            return ActorRefs.NoSender;
        if (sender.Resolved is IActorRef known)
            return known;
        var resolved = _system.Serialization.DeserializeActorRef(sender.Text);
        sender.Resolved = resolved;
        return resolved;
    }

    private sealed record Door(string Prefix, Func<string, ActorRefBase> Open);
}
