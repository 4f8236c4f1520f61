using System.Net;

namespace KvStore.Node;

/// <summary>Where a node listens, and how far its start is. Written by the node while it starts; read by anyone.</summary>
public sealed class NodeEndpoints
{
    private IPEndPoint? _gateway;
    private double _recovered = -1;

    /// <summary>The gateway; null until it is bound, and where there is none.</summary>
    public IPEndPoint? Gateway
    {
        get => Volatile.Read(ref _gateway);
        internal set => Volatile.Write(ref _gateway, value);
    }

    /// <summary>How much of the data folder has been read, from 0 to 1; −1 before that begins and where there is none.</summary>
    public double Recovered
    {
        get => Volatile.Read(ref _recovered);
        internal set => Volatile.Write(ref _recovered, value);
    }

    /// <summary>The remoting address, <c>host:port</c>.</summary>
    public string Remoting { get; internal set; } = "";
}
