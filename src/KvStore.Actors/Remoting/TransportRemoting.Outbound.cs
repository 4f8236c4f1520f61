using System.Runtime.Serialization;
using KvStore.Actors.Event;
using KvStore.Actors.Serialization;

namespace KvStore.Actors.Remoting;

/// <summary>What leaves this node.</summary>
internal sealed partial class TransportRemoting
{
    private readonly LogGate _unserializable;
    private readonly LogGate _unsent;

    internal void Send(RemoteOutlet to, Lane lane, object message, IActorRef? sender)
    {
        if (TrySerialize(message, to.Recipient, out var serialized))
            Write(to, lane, message, WirePathOf(sender), serialized);
    }

    /// <summary>The bytes of a message; false, after a line in the log, where there is no way to make them.</summary>
    internal bool TrySerialize(object message, string recipient, out SerializedMessage serialized)
    {
        Serializer serializer;
        try
        {
            serializer = _system.Serialization.FindSerializerFor(message);
        }
        catch (SerializationException)
        {
            // Serialization has said so, once for the type.
            Counters.AddUnserializable();
            serialized = default;
            return false;
        }
        try
        {
            serialized = new SerializedMessage(serializer.Identifier, Actors.Serialization.Serialization.ManifestFor(serializer, message), serializer.ToBinary(message));
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Counters.AddUnserializable();
            if (_unserializable.TryPass(out var more))
                _log.Error(e, "A {0} for {1} was dropped: {2} cannot write it.{3}", message.GetType(), recipient, serializer.GetType().Name, more);
            serialized = default;
            return false;
        }
    }

    internal void Write(RemoteOutlet to, Lane lane, object message, string? sender, in SerializedMessage serialized)
    {
        WriteResult result;
        try
        {
            result = to.Write(lane, sender, serialized);
        }
        catch (ArgumentException e)
        {
            Counters.AddUnserializable();
            if (_unserializable.TryPass(out var more))
                _log.Error("A {0} for {1} was dropped: {2}{3}", message.GetType(), to.Recipient, e.Message, more);
            return;
        }
        if (result is WriteResult.TooLarge or WriteResult.BufferFull && _unsent.TryPass(out var others))
        {
            var reason = result == WriteResult.TooLarge
                ? $"its {serialized.Bytes.Length} bytes are more than akka.remote.dot-netty.tcp.maximum-message-size ({Settings.MaxMessageBytes}) allows"
                : "more waits for that node already than the buffer holds";
            _log.Error("A {0} for {1} was dropped: {2}.{3}", message.GetType(), to.Recipient, reason, others);
        }
    }

    /// <summary>The sender as frames name it; null where a reply would go to dead letters anyway.</summary>
    internal string? WirePathOf(IActorRef? sender) =>
        sender is null || ReferenceEquals(sender, _system.DeadLetters) ? null : Actors.Serialization.Serialization.SerializedActorPath(sender);
}
