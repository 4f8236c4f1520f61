using System.Globalization;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>
/// The names under which other nodes reach what the mediator serves. A connection numbers the names of recipients, so topic and
/// group cost two bytes in a frame, and the published message needs no envelope around it:
/// <code>
/// path of the mediator | "/$t/" topic                                    ; the subscribers of this node without a group
/// path of the mediator | "/$g/" length of the topic "/" topic group      ; one subscriber of the group
/// path of the mediator | "/$p/" path                                     ; the actor registered under the path
/// </code>
/// No actor has such a name: names of actors do not begin with <c>$</c> unless the engine makes them.
/// </summary>
internal static class Inlets
{
    private const string Marker = "/$";
    private const string TopicMark = "t/";
    private const string GroupMark = "g/";
    private const string PathMark = "p/";

    internal static string PrefixOf(ActorPath mediator) => mediator + Marker;

    internal static string OfTopic(ActorPath mediator, string topic) => PrefixOf(mediator) + TopicMark + topic;

    internal static string OfGroup(ActorPath mediator, string topic, string group) =>
        string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(mediator)}{GroupMark}{topic.Length}/{topic}{group}");

    internal static string OfPath(ActorPath mediator, string path) => PrefixOf(mediator) + PathMark + path;

    /// <summary>What stands behind the prefix, as somebody to tell.</summary>
    internal static ActorRefBase Parse(string rest, IActorRef mediator)
    {
        if (rest.StartsWith(TopicMark, StringComparison.Ordinal))
            return new Inlet(mediator, RegistryKey.Topic(rest[TopicMark.Length..]));
        if (rest.StartsWith(PathMark, StringComparison.Ordinal))
            return new Inlet(mediator, RegistryKey.Path(rest[PathMark.Length..]));
        var slash = rest.IndexOf('/', GroupMark.Length);
        if (rest.StartsWith(GroupMark, StringComparison.Ordinal)
            && slash > 0
            && int.TryParse(rest.AsSpan(GroupMark.Length, slash - GroupMark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length < rest.Length - slash)
        {
            return new Inlet(mediator, RegistryKey.TopicGroup(rest.Substring(slash + 1, length), rest[(slash + 1 + length)..]));
        }
        return ((IInternalActorRef)mediator).Provider!.Impl.DeadLettersRef;
    }
}

/// <summary>Somebody on another node publishes here: passes it to the mediator, with the key that it is for.</summary>
internal sealed class Inlet(IActorRef mediator, RegistryKey key) : ActorRefBase(mediator.Path)
{
    protected override void TellInternal(object message, IActorRef? sender) => mediator.Tell(new Delivery(key, message), sender);
}

/// <summary>A message of another node's publisher, for this node's subscribers alone.</summary>
internal sealed class Delivery(RegistryKey key, object message) : INoSerializationVerificationNeeded
{
    internal RegistryKey Key => key;

    internal object Message => message;
}
