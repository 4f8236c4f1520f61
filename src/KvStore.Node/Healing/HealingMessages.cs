namespace KvStore.Node.Healing;

/// <summary>What nodes of two clusters say to each other, past the removal that each has made of the other.</summary>
internal abstract record HealingMessage;

/// <summary>
/// "This is my cluster; what is yours?" Repeated every few seconds while somebody is away, so that a loss costs only time.
/// </summary>
/// <param name="Picture">The sender's.</param>
/// <param name="IsAnswer">It answers one, and is not answered.</param>
internal sealed record Sighting(ClusterPicture Picture, bool IsAnswer) : HealingMessage;

/// <summary>
/// "Leave your cluster for the one at these addresses." To each node of the lesser one, from the first of them that knows, or from whom an operator
/// has asked. One that does not hear it comes to know the same by itself.
/// </summary>
/// <param name="Who">Whom it is meant for, with uids: not for what they are once they have moved.</param>
/// <param name="To">Addresses of the other cluster's members.</param>
internal sealed record Move(IReadOnlyList<PicturedMember> Who, IReadOnlyList<string> To) : HealingMessage;
