using System.Collections.Immutable;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>Sends a message to every subscriber of a topic, on every node. At most once; one who subscribes later does not get it.</summary>
public sealed class Publish
{
    /// <summary>
    /// Creates the message. With <paramref name="sendOneMessageToEachGroup"/> one subscriber of each group gets it, and no other;
    /// without, those that subscribed without a group do.
    /// </summary>
    public Publish(string topic, object message, bool sendOneMessageToEachGroup = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        Topic = Names.Check(topic, nameof(topic));
        Message = message;
        SendOneMessageToEachGroup = sendOneMessageToEachGroup;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>What the subscribers receive.</summary>
    public object Message { get; }

    /// <summary>True for one subscriber in each group.</summary>
    public bool SendOneMessageToEachGroup { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Publish<topic:{Topic}, sendOneToEachGroup:{SendOneMessageToEachGroup}, message:{Message}>";
}

/// <summary>Subscribes an actor to a topic; the sender gets a <see cref="SubscribeAck"/>.</summary>
public sealed class Subscribe
{
    /// <summary>Creates the message.</summary>
    public Subscribe(string topic, IActorRef @ref, string? group = null)
    {
        ArgumentNullException.ThrowIfNull(@ref);
        Topic = Names.Check(topic, nameof(topic));
        Group = group is null ? null : Names.Check(group, nameof(group), mayBeEmpty: true);
        Ref = @ref;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The group; null for none.</summary>
    public string? Group { get; }

    /// <summary>The subscriber.</summary>
    public IActorRef Ref { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Subscribe<topic:{Topic}, group:{Group}, ref:{Ref}>";
}

/// <summary>The subscription holds on this node; the others hear of it soon.</summary>
public sealed class SubscribeAck(Subscribe subscribe)
{
    /// <summary>Which one.</summary>
    public Subscribe Subscribe { get; } = subscribe;

    /// <inheritdoc/>
    public override string ToString() => $"SubscribeAck<{Subscribe}>";
}

/// <summary>Takes a subscription back; the sender gets an <see cref="UnsubscribeAck"/>.</summary>
public sealed class Unsubscribe
{
    /// <summary>Creates the message.</summary>
    public Unsubscribe(string topic, IActorRef @ref, string? group = null)
    {
        ArgumentNullException.ThrowIfNull(@ref);
        Topic = Names.Check(topic, nameof(topic));
        Group = group is null ? null : Names.Check(group, nameof(group), mayBeEmpty: true);
        Ref = @ref;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The group; null for none.</summary>
    public string? Group { get; }

    /// <summary>The subscriber.</summary>
    public IActorRef Ref { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Unsubscribe<topic:{Topic}, group:{Group}, ref:{Ref}>";
}

/// <summary>The subscription is gone.</summary>
public sealed class UnsubscribeAck(Unsubscribe unsubscribe)
{
    /// <summary>Which one.</summary>
    public Unsubscribe Unsubscribe { get; } = unsubscribe;

    /// <inheritdoc/>
    public override string ToString() => $"UnsubscribeAck<{Unsubscribe}>";
}

/// <summary>Registers an actor of this node under its path without address, for <see cref="Send"/> and <see cref="SendToAll"/>.</summary>
public sealed class Put
{
    /// <summary>Creates the message.</summary>
    public Put(IActorRef @ref)
    {
        ArgumentNullException.ThrowIfNull(@ref);
        Ref = @ref;
    }

    /// <summary>The actor.</summary>
    public IActorRef Ref { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Put<ref:{Ref}>";
}

/// <summary>Takes a <see cref="Put"/> back.</summary>
public sealed class Remove
{
    /// <summary>Creates the message.</summary>
    public Remove(string path) => Path = Names.Check(path, nameof(path));

    /// <summary>The path without address.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Remove<path:{Path}>";
}

/// <summary>Sends a message to one actor that is registered under a path, on whichever node.</summary>
public sealed class Send
{
    /// <summary>Creates the message.</summary>
    public Send(string path, object message, bool localAffinity = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        Path = Names.Check(path, nameof(path));
        Message = message;
        LocalAffinity = localAffinity;
    }

    /// <summary>The path without address.</summary>
    public string Path { get; }

    /// <summary>What the actor receives.</summary>
    public object Message { get; }

    /// <summary>True to take the actor of this node where there is one.</summary>
    public bool LocalAffinity { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Send<path:{Path}, localAffinity:{LocalAffinity}, message:{Message}>";
}

/// <summary>Sends a message to the actors that are registered under a path, on all nodes.</summary>
public sealed class SendToAll
{
    /// <summary>Creates the message.</summary>
    public SendToAll(string path, object message, bool excludeSelf = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        Path = Names.Check(path, nameof(path));
        Message = message;
        ExcludeSelf = excludeSelf;
    }

    /// <summary>The path without address.</summary>
    public string Path { get; }

    /// <summary>What the actors receive.</summary>
    public object Message { get; }

    /// <summary>True to leave out the actor of this node.</summary>
    public bool ExcludeSelf { get; }

    /// <inheritdoc/>
    public override string ToString() => $"SendToAll<path:{Path}, excludeSelf:{ExcludeSelf}, message:{Message}>";
}

/// <summary>Asks for the <see cref="CurrentTopics"/>.</summary>
public sealed class GetTopics
{
    private GetTopics()
    {
    }

    /// <summary>The only instance.</summary>
    public static GetTopics Instance { get; } = new();
}

/// <summary>The topics that somebody, anywhere, subscribes to.</summary>
public sealed class CurrentTopics(IImmutableSet<string> topics)
{
    /// <summary>Their names.</summary>
    public IImmutableSet<string> Topics { get; } = topics;

    /// <inheritdoc/>
    public override string ToString() => $"CurrentTopics<{string.Join(", ", Topics)}>";
}

/// <summary>What a topic, a group and a path have to satisfy: they travel, so they are bounded.</summary>
internal static class Names
{
    internal static string Check(string name, string parameter, bool mayBeEmpty = false)
    {
        if (mayBeEmpty)
            ArgumentNullException.ThrowIfNull(name, parameter);
        else
            ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        // A third of the limit cannot exceed it, and the publisher of every message should not count bytes.
        if (name.Length > RegistryKey.MaxNameBytes / 3)
            PubSubCodec.ThrowIfTooLong(name);
        return name;
    }
}
