using System.Diagnostics.CodeAnalysis;

namespace KvStore.Actors;

/// <summary>
/// A path that is walked anew for every message: whoever is there gets it. Elements are names and <c>..</c>; wildcards are
/// not supported.
/// </summary>
public class ActorSelection : ICanTell
{
    private readonly string[] _elements;

    /// <summary>Walks <paramref name="path"/> from <paramref name="anchor"/>.</summary>
    public ActorSelection(IActorRef anchor, string path)
        : this(anchor, path.Split('/'))
    {
    }

    /// <summary>Walks <paramref name="elements"/> from <paramref name="anchor"/>.</summary>
    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        Anchor = anchor;
        _elements = [.. elements.Where(element => element.Length > 0)];
    }

    /// <summary>Where the walk begins.</summary>
    public IActorRef Anchor { get; }

    /// <summary>The elements, joined by slashes.</summary>
    public string PathString => ActorPath.FormatPathElements(_elements);

    /// <summary>Sends <paramref name="message"/> to whoever is there; without a sender given, the current actor is the sender.</summary>
    [SuppressMessage("Design", "MA0061:Method overrides should not change default values", Justification = "The signature is Akka.NET's.")]
    public void Tell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        Deliver(Anchor, new ActorSelectionMessage(message, _elements), sender ?? ActorCell.CurrentSelfOrNoSender());
    }

    /// <summary>The reference of who is there now.</summary>
    /// <exception cref="ActorNotFoundException">Nobody answered in time.</exception>
    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <summary>The reference of who is there now.</summary>
    /// <exception cref="ActorNotFoundException">Nobody answered in time.</exception>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(PathString), timeout, ct).ConfigureAwait(this.IsDriven());
            return identity.Subject ?? throw new ActorNotFoundException($"Nobody is at {this}.");
        }
        catch (AskTimeoutException e)
        {
            throw new ActorNotFoundException($"Nobody answered at {this}.", e);
        }
    }

    /// <summary>
    /// Walks a selection in this process. Remoting calls this with the root guardian for a selection that came over the
    /// wire; an anchor or a step that is not local gets the rest of the walk as a message.
    /// </summary>
    internal static void Deliver(IActorRef anchor, ActorSelectionMessage selection, IActorRef? sender)
    {
        var at = (IInternalActorRef)anchor;
        for (var i = 0; i < selection.Elements.Count; i++)
        {
            if (!at.IsLocal)
            {
                at.Tell(new ActorSelectionMessage(selection.Message, [.. selection.Elements.Skip(i)]), sender);
                return;
            }
            var element = selection.Elements[i];
            var next = element == ".." ? at.Parent : at.GetChild(element);
            if (next is null or Nobody)
            {
                at.Provider?.Missing(at.Path / selection.Elements.Skip(i)).Tell(selection.Message, sender);
                return;
            }
            at = next;
        }
        at.Tell(selection.Message, sender);
    }

    /// <inheritdoc/>
    public override string ToString() => $"ActorSelection[Anchor({Anchor.Path.ToStringWithUid()}), Path({PathString})]";
}

/// <summary>What a selection sends to another system: the message, and the rest of the walk from that system's root.</summary>
internal sealed class ActorSelectionMessage(object message, IReadOnlyList<string> elements)
{
    internal object Message { get; } = message;

    internal IReadOnlyList<string> Elements { get; } = elements;
}
