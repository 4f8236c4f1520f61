namespace KvStore.Actors.Remoting;

/// <summary>The way to one recipient on another node: the association, and the name that frames carry.</summary>
internal sealed class RemoteOutlet(TransportRemoting remoting, Address address, string recipient)
{
    private IAssociation? _association;

    internal Address Address => address;

    internal string Recipient => recipient;

    internal WriteResult Write(Lane lane, string? sender, in SerializedMessage message)
    {
        _association ??= remoting.AssociationWith(address);
        return _association is null
            ? WriteResult.Closed
            : _association.Write(lane, recipient, sender, message.SerializerId, message.Manifest, message.Bytes);
    }
}

/// <summary>A message as a frame carries it.</summary>
internal readonly record struct SerializedMessage(int SerializerId, string Manifest, byte[] Bytes);
