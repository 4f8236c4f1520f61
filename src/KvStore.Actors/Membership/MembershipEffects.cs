namespace KvStore.Actors.Membership;

internal enum MembershipEffectKind : byte
{
    /// <summary>Send <see cref="MembershipEffect.Message"/> to <see cref="MembershipEffect.To"/>, on the control lane.</summary>
    Send,

    /// <summary>Publish <see cref="MembershipEffect.Event"/> to the local subscribers.</summary>
    Publish,

    /// <summary>This node is Exiting: shut down what runs on it, then call <see cref="MembershipMachine.CompleteExiting"/>.</summary>
    SelfExiting,

    /// <summary>This node is no longer a member and the machine has ended; <see cref="MembershipEffect.Text"/> says why.</summary>
    SelfRemoved,

    /// <summary>Something for the log.</summary>
    Note,

    /// <summary>Something for the log that an operator should look at.</summary>
    Warning,
}

/// <summary>What the machine wants done. The fields that its kind does not name are null.</summary>
internal readonly record struct MembershipEffect(MembershipEffectKind Kind, Address? To, object Payload)
{
    public IMembershipMessage Message => (IMembershipMessage)Payload;

    public ClusterEvent.IClusterDomainEvent Event => (ClusterEvent.IClusterDomainEvent)Payload;

    public string Text => (string)Payload;
}
